import { EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceDeleted,
  newUid,
  repositoryDeleted,
  streamKey,
  type Delivered,
} from '@skein/events';
import { Postgres } from '@skein/postgres';
import { openRedis } from '@skein/redis';
import type { Batch } from '@skein/task';
import type { Redis } from 'ioredis';
import { BATCH_SIZE, startReplayer, startService, type ChainPlaces } from './chain.js';

export interface RecoveryPlaces extends ChainPlaces {
  readonly adminUrl: string;
  urlOf(room: 'gateway' | 'replayer' | 'selector'): string;
  /** Resolves when the condition holds, and rejects when it takes too long. */
  readonly waitFor: (condition: () => Promise<boolean>) => Promise<unknown>;
  /** Awaited when the service runs and the replayer does not yet. */
  readonly beforeReplayer?: (scene: RecoveryScene) => Promise<unknown>;
}

/** What is wrong with what became of all that was appended. */
export interface Losses {
  /** Events that the service hears and that had no effect. */
  readonly missing: number;
  /** Effects that an event had had already. */
  readonly twice: number;
  /** Effects of events that are not in the log under that number. */
  readonly strange: number;
  readonly unnumbered: number;
  /** Numbers that were given to nothing. */
  readonly gaps: number;
  /** The last number less the checkpoint. */
  readonly behind: number;
  /** Retries, parked events, dead letters. */
  readonly waiting: number;
  /** Delivered and not acknowledged. */
  readonly pending: number;
  /** Entries in the stream. */
  readonly entries: number;
}

/** Every event had its effect once, and nothing is left. */
export const NO_LOSSES: Losses = {
  missing: 0,
  twice: 0,
  strange: 0,
  unnumbered: 0,
  gaps: 0,
  behind: 0,
  waiting: 0,
  pending: 0,
  entries: 0,
};

export const EFFECTS_TABLE = `
create table selector.effects (number bigint, event uuid);
grant all on selector.effects to public`;

const LOSSES = `
with heard as (
  select e.id from log.events e join log.types t on t.id = e.type where t.name = $1
), tip as (select coalesce(max(sequence), 0) as last from log.sequence)
select (select count(*) from heard where id not in (select event from selector.effects)) as missing,
  (select count(*) - count(distinct event) from selector.effects) as twice,
  (select count(*) from selector.effects f where not exists (
     select from log.sequence s join log.events e on e.position = s.position
     where s.sequence = f.number and e.id = f.event)) as strange,
  (select count(*) from log.events where position not in (select position from log.sequence)) as unnumbered,
  tip.last - (select count(*) from log.sequence) as gaps,
  tip.last - (select min(number) from log.checkpoints where service = 'selector') as behind,
  (select count(*) from selector.retries) + (select count(*) from selector.parked)
    + (select count(*) from selector.dead_letters) as waiting
from tip`;

const heardEvent = (org: string) => ({
  definition: deviceDeleted,
  org,
  subject: newUid(),
  data: { name: 'x' },
});
/** The selector does not hear it: its number is missing in the stream. */
const otherEvent = () => ({ ...heardEvent(DEFAULT_ORGANISATION), definition: repositoryDeleted });

/** The whole chain in one process: a speaker, a replayer, and a service that writes down each effect. */
export class RecoveryScene {
  readonly key: string;
  /** How many batches were handed to the handler. */
  begun = 0;
  /** Awaited before each batch has its effects. */
  beforeEffect: ((events: readonly Delivered[]) => Promise<unknown> | undefined) | undefined;
  private gate: PromiseWithResolvers<void> | undefined;

  readonly redis: Redis;
  private replayer: { stop(): Promise<unknown> } | undefined;
  private readonly parts: { stop(): Promise<unknown> }[] = [];

  private constructor(
    private readonly places: RecoveryPlaces,
    readonly admin: Postgres,
    private readonly own: Postgres,
    private readonly gateway: EventLog,
  ) {
    this.key = streamKey(places.prefix ?? 'skein', 'selector', 0);
    this.redis = openRedis({ url: places.redisUrl, name: 'test' });
  }

  /**
   * Resolves also while Redis is down.
   * @param prepare SQL that is run first
   */
  static async open(places: RecoveryPlaces, prepare = ''): Promise<RecoveryScene> {
    const connect = (url: string) => Postgres.open({ url, applicationName: 'test' });
    const rooms = ['gateway', 'selector', 'replayer'] as const;
    const [admin, speaker, selector, own] = await Promise.all(
      [places.adminUrl, ...rooms.map((room) => places.urlOf(room))].map(connect),
    );
    await admin!.query(prepare);
    const gateway = await EventLog.open(speaker!, 'gateway', () => undefined);
    const scene = new RecoveryScene(places, admin!, own!, gateway);
    const effect = scene.effect.bind(scene);
    scene.parts.push(await startService(selector!, places, effect));
    scene.parts.push({ stop: () => scene.stopReplayer() });
    scene.parts.push(
      ...[own!, selector!, speaker!, admin!].map((pool) => ({ stop: () => pool.close() })),
    );
    try {
      await places.beforeReplayer?.(scene);
      await scene.startReplayer(places.settings);
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  async startReplayer(settings: ChainPlaces['settings'] = {}): Promise<void> {
    this.replayer = await startReplayer(this.own, { ...this.places, settings });
  }

  async stopReplayer(): Promise<void> {
    await this.replayer?.stop();
    this.replayer = undefined;
  }

  async close(): Promise<void> {
    this.release();
    this.redis.disconnect();
    for (const part of this.parts) await part.stop();
  }

  /** Events that the service hears, each commit followed by one that it does not hear. */
  async append(count: number, org: string = DEFAULT_ORGANISATION): Promise<void> {
    for (let left = count; left > 0; left -= BATCH_SIZE) {
      const heard = Array.from({ length: Math.min(left, BATCH_SIZE) }, () => heardEvent(org));
      const events = [...heard, otherEvent()];
      await this.gateway.commit(async () => ({ events, result: () => undefined }));
    }
  }

  /** From now on a batch stays in its handler: some entries are delivered, the others are not. */
  hold(): void {
    this.gate ??= Promise.withResolvers();
  }

  release(): void {
    this.gate?.resolve();
    this.gate = undefined;
  }

  /** Resolves with what is wrong when nothing is any more, or when that takes too long. */
  async losses(): Promise<Losses> {
    let found: Losses | undefined;
    const healed = async () => {
      found = await this.look();
      return Object.values(found).every((count) => count === 0);
    };
    await this.places.waitFor(healed).catch((error: unknown) => {
      if (!found) throw error;
    });
    return found!;
  }

  private async look(): Promise<Losses> {
    const [row] = await this.admin.query<Losses>(LOSSES, [deviceDeleted.type]);
    let [pending, entries] = [0, 0];
    for (const partition of await this.partitions()) {
      const key = streamKey(this.places.prefix ?? 'skein', 'selector', partition);
      const [waiting] = (await this.redis.xpending(key, 'selector')) as [number];
      pending += waiting;
      entries += await this.redis.xlen(key);
    }
    return { ...row!, pending, entries };
  }

  /** The partitions that the service has by now. */
  async partitions(): Promise<number[]> {
    const rows = await this.admin.query<{ partition: number }>(
      `select partition from log.checkpoints where service = 'selector' order by partition`,
    );
    return rows.map(({ partition }) => partition);
  }

  /** How many effects there were. */
  async effects(): Promise<number> {
    const [row] = await this.admin.query<{ count: number }>(
      'select count(*) from selector.effects',
    );
    return row!.count;
  }

  /** How many events of an organisation had their effect. */
  async effectsOf(org: string): Promise<number> {
    const [row] = await this.admin.query<{ count: number }>(
      'select count(*) from selector.effects f join log.events e on e.id = f.event where e.org = $1',
      [org],
    );
    return row!.count;
  }

  private async effect(events: readonly Delivered[], { transaction }: Batch): Promise<void> {
    this.begun += 1;
    await this.gate?.promise;
    await this.beforeEffect?.(events);
    for (const { sequence, event } of events)
      await transaction.query('insert into selector.effects values ($1, $2)', [sequence, event.id]);
  }
}
