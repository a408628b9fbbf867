import { Redis } from 'ioredis';
import pg from 'pg';
import { EFFECTS, heardBy, keyOf, prepareDatabase, ROOM } from '../engine.js';
import type { Bench } from '../scenario.js';
import { until } from '../until.js';
import { groupNamed, type GroupInfo } from './group-info.js';

/** Nothing that is waited for takes so long. */
const LIMIT_MS = 60_000;
/** Who publishing alone is measured with: it hears the same events, and nobody reads its stream. */
const DEAF_ROOM = 'rollout';

/** The log and its streams, as one looks at them from outside. */
export class SkeinLog {
  private constructor(
    readonly pool: pg.Pool,
    readonly redis: Redis,
    readonly urlOf: (room: 'gateway' | 'replayer' | 'selector') => string,
  ) {}

  static async prepare({ servers, closing }: Bench, database = 'skein'): Promise<SkeinLog> {
    const url = await servers.database(database);
    const { urlOf } = await prepareDatabase(url);
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    pool.on('error', () => undefined);
    closing.add(() => pool.end());
    const redis = new Redis(servers.redisUrl);
    redis.on('error', () => undefined);
    closing.add(() => redis.disconnect());
    return new SkeinLog(pool, redis, urlOf);
  }

  /** Resolves when the service has handled and acknowledged all up to a number. */
  async acknowledged(upTo: number, within = LIMIT_MS): Promise<void> {
    let group: GroupInfo | undefined;
    const done = async () => {
      group = groupNamed(ROOM, await this.redis.xinfo('GROUPS', keyOf(ROOM)).catch(() => []));
      return group?.['last-delivered-id'] === `${upTo}-0` && group['pending'] === 0;
    };
    await until(done, { within, what: `handling up to ${upTo}`, seen: () => group });
  }

  /** Resolves when all up to a number have theirs. */
  async numbered(upTo: number): Promise<void> {
    let last: number | undefined;
    const done = async () => {
      const sql = 'select max(sequence)::int as last from log.sequence';
      last = (await this.pool.query<{ last: number }>(sql)).rows[0]?.last;
      return last === upTo;
    };
    await until(done, { within: LIMIT_MS, what: 'numbering', seen: () => last });
  }

  /**
   * Resolves when PostgreSQL has confirmed it: the checkpoint is there.
   * @param effects how many there must be, if fewer events than all were handled
   * @throws when an effect is missing or came twice
   */
  async confirmed(upTo: number, effects = upTo): Promise<void> {
    let checkpoint: number | undefined;
    const done = async () => {
      const sql = 'select number::int from log.checkpoints where service = $1';
      checkpoint = (await this.pool.query<{ number: number }>(sql, [ROOM])).rows[0]?.number;
      return checkpoint === upTo;
    };
    await until(done, { within: 10_000, what: 'the checkpoint', seen: () => checkpoint });
    const { rows } = await this.pool.query<{ all: number; different: number }>(
      `select count(*)::int as all, count(distinct revision)::int as different from ${EFFECTS}`,
    );
    const { all, different } = rows[0]!;
    if (all !== effects || different !== effects)
      throw new Error(`${effects} events had ${all} effects, ${different} of them different`);
  }

  async forgetStreams(): Promise<void> {
    await this.redis.flushall();
  }

  /** Empty streams, and a service that has yet to be told of the last events of the log. */
  async forgetPublished(after: number): Promise<void> {
    await this.redis.flushall();
    await this.pool.query(
      'insert into log.checkpoints (service, partition, number) values ($1, 0, $2)',
      [DEAF_ROOM, after],
    );
    await this.pool.query(
      'insert into log.hearings (service, type, from_sequence) select $1, id, 1 from log.types where name = any($2)',
      [DEAF_ROOM, heardBy(DEAF_ROOM)],
    );
  }

  /** Resolves with how many entries its stream has, once there are so many. */
  async published(count: number): Promise<number> {
    let entries = 0;
    const done = async () => (entries = await this.redis.xlen(keyOf(DEAF_ROOM))) >= count;
    await until(done, { within: LIMIT_MS, what: 'publishing', seen: () => entries });
    return entries;
  }

  async forgetDeafService(): Promise<void> {
    await this.pool.query('delete from log.hearings where service = $1', [DEAF_ROOM]);
    await this.pool.query('delete from log.checkpoints where service = $1', [DEAF_ROOM]);
    await this.redis.flushall();
  }
}
