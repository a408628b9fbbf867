import { EFFECTS, keyOf, ROOM } from '../../engine.js';
import { groupNamed, lastGiven } from '../../skein/group-info.js';
import type { SkeinLog } from '../../skein/skein-log.js';
import { until } from '../../until.js';

const WITHIN_MS = 60_000;
/** A stream that has not grown for so long is full. */
const STILL_MS = 500;

/** Redis is emptied while nothing of a backlog is handled. */
export class Loss {
  constructor(private readonly log: SkeinLog) {}

  /** Nothing is handled, and nothing is in Redis. */
  async unhandleAll(): Promise<void> {
    await this.log.redis.flushall();
    await this.log.pool.query(`truncate ${EFFECTS}, ${ROOM}.inbox`);
    await this.log.pool.query(
      'update log.checkpoints set number = 0, pruned = 0 where service = $1',
      [ROOM],
    );
  }

  /** Resolves when the consumer has something in hand, and no more enters the stream. */
  async streamFull(): Promise<void> {
    const seen = { length: 0, since: performance.now(), given: 0 };
    const done = async () => {
      const length = await this.log.redis.xlen(keyOf(ROOM));
      if (length !== seen.length) Object.assign(seen, { length, since: performance.now() });
      if (length === 0 || performance.now() - seen.since < STILL_MS) return false;
      const groups = await this.log.redis.xinfo('GROUPS', keyOf(ROOM));
      return (seen.given = lastGiven(groupNamed(ROOM, groups))) > 0;
    };
    await until(done, { within: WITHIN_MS, what: 'filling the stream', seen: () => seen });
  }

  /** Empties Redis, and answers what it had at that moment. */
  async happens(): Promise<{ readonly inStream: number; readonly inHand: number }> {
    const key = keyOf(ROOM);
    const answers = await this.log.redis.multi().xlen(key).xinfo('GROUPS', key).flushall().exec();
    const [[, inStream] = [], [, groups] = []] = answers ?? [];
    return { inStream: Number(inStream), inHand: lastGiven(groupNamed(ROOM, groups)) };
  }

  /** Resolves when more events took effect than so many: then one did that came after them. */
  async handledMoreThan(count: number): Promise<void> {
    let effects = 0;
    const done = async () => {
      const sql = `select count(*)::int as effects from ${EFFECTS}`;
      effects = (await this.log.pool.query<{ effects: number }>(sql)).rows[0]!.effects;
      return effects > count;
    };
    await until(done, { within: WITHIN_MS, what: 'handling anew', seen: () => effects });
  }
}
