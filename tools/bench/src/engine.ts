/** All that the bench uses of Skein's engine, in one place: the parts that a service is made of. */
import { Controller, Injectable, Module } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { WorkerConfig } from '@skein/config';
import { EventLog } from '@skein/event-log';
import {
  DEFAULT_ORGANISATION,
  deviceLabelsUpdated,
  encode,
  newUid,
  streamKey,
  topology,
  wakeChannel,
  type Delivered,
  type DeviceLabelsUpdated,
} from '@skein/events';
import { migrate, type Migrated } from '@skein/migrate';
import { Postgres, type Transaction } from '@skein/postgres';
import { openHintRedis } from '@skein/redis';
import { boot, ServiceModule } from '@skein/service';
import { waker } from '@skein/stream';
import { Batch, taskProviders, type Sweep, type Task } from '@skein/task';
import { now } from './clock.js';
import { EFFECTS_COLUMNS, insertEffects } from './effects.js';
import type { Happening } from './payload.js';

/** The service whose stream is measured, and the table of its effects. */
export const ROOM = 'selector';
export const EFFECTS = 'selector.bench_effects';
const PREFIX = 'skein';
export const WAKE_CHANNEL = wakeChannel(PREFIX);

export const replayerMain = new URL('../../../apps/replayer/dist/main.js', import.meta.url)
  .pathname;

/** The key of the stream that a service hears. */
export const keyOf = (room: 'selector' | 'rollout') => streamKey(PREFIX, room, 0);
/** The types of the events that a service hears. */
export const heardBy = (room: 'selector' | 'rollout') => [...topology[room]];

/** All schemas, roles and privileges, and a table for the effects. */
export async function prepareDatabase(url: string): Promise<Migrated> {
  const migrated = await migrate({ url });
  const postgres = await Postgres.open({ url, applicationName: 'bench', poolSize: 2 });
  await postgres.query(`create table ${EFFECTS} (${EFFECTS_COLUMNS})`);
  await postgres.query(`grant insert on ${EFFECTS} to public`);
  await postgres.close();
  return migrated;
}

/** What all events of the bench have in common. */
export const EVENT = {
  org: DEFAULT_ORGANISATION,
  kind: deviceLabelsUpdated.kind,
  type: deviceLabelsUpdated.type,
  source: '/gateway',
} as const;

const eventOf = ({ subject, labels }: Happening) => ({
  definition: deviceLabelsUpdated,
  org: DEFAULT_ORGANISATION,
  subject,
  data: { labels },
});

export interface CommitterSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly connections: number;
}

/** Commits events as the gateway does. */
export class Committer {
  private constructor(
    private readonly log: EventLog,
    private readonly hints: { wakes: boolean },
    private readonly disconnect: () => void,
  ) {}

  static async start(settings: CommitterSettings): Promise<Committer> {
    const { databaseUrl: url, redisUrl, connections } = settings;
    const postgres = await Postgres.open({ url, applicationName: 'bench', poolSize: connections });
    const redis = openHintRedis({ url: redisUrl, name: 'bench-hints' });
    await redis.connect();
    const wake = waker(redis, WAKE_CHANNEL);
    const hints = { wakes: true };
    const log = await EventLog.open(postgres, 'gateway', () => {
      if (hints.wakes) wake();
    });
    return new Committer(log, hints, () => redis.disconnect());
  }

  /** Whether a commit is followed by a hint for the replayer. */
  set wakes(wakes: boolean) {
    this.hints.wakes = wakes;
  }

  async commit(happenings: readonly Happening[]): Promise<void> {
    const events = happenings.map(eventOf);
    await this.log.commit(async () => ({ events, result: () => undefined }));
  }

  async close(): Promise<void> {
    this.disconnect();
    await this.log.postgres.close();
  }
}

/** When the handler was entered, by the revision of the event. */
export type Entered = readonly [revision: string, at: number];
let entered: Entered[] | undefined;

/** Those since it was asked before; none are noted before it is asked for the first time. */
export async function takeEntered(): Promise<readonly Entered[]> {
  const taken = entered ?? [];
  entered = [];
  return taken;
}

let gate: PromiseWithResolvers<void> | undefined;

/** From now on handlers wait, each with its transaction open. */
export function hold(): void {
  gate ??= Promise.withResolvers();
}

/** Handlers go on. */
export async function release(): Promise<void> {
  gate?.resolve();
  gate = undefined;
}

/** Writes one row for each event, all of a batch with one statement. */
async function takeEffect(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
  const at = now();
  const effects = events.map(({ event }) => ({
    subject: event.subject,
    revision: (event.data as DeviceLabelsUpdated).labels['revision']!,
  }));
  entered?.push(...effects.map(({ revision }): Entered => [revision, at]));
  await gate?.promise;
  const { text, values } = insertEffects(EFFECTS, effects);
  await transaction.query(text, values);
}

class ConsumerConfig extends WorkerConfig {}

@Injectable()
class NoTask implements Task {
  perform = () => Promise.resolve([]);
}

@Injectable()
class NoSweep implements Sweep {
  find = () => Promise.resolve();
}

@Controller()
class Consumer {
  @EventPattern([...topology[ROOM]])
  async any(@Payload() events: Delivered[], @Ctx() { transaction }: Batch): Promise<void> {
    await takeEffect(transaction, events);
  }
}

@Module({
  imports: [ServiceModule.for({ room: ROOM, config: ConsumerConfig })],
  controllers: [Consumer],
  providers: taskProviders(NoTask, NoSweep),
})
class ConsumerModule {}

/** A service like any other, in this process. */
export function bootConsumer(): Promise<void> {
  return boot({ module: ConsumerModule });
}

/** The fields of a stream's entry for a happening, as the replayer writes them. */
export function entryOf({ subject, labels }: Happening): [string, string] {
  const id = newUid();
  const event = encode({
    id,
    source: '/gateway',
    type: deviceLabelsUpdated.type,
    kind: deviceLabelsUpdated.kind,
    subject,
    time: new Date().toISOString(),
    org: DEFAULT_ORGANISATION,
    version: 1,
    data: { labels },
  });
  return [id, event];
}
