import { ConsumerLog, EventLog } from '@skein/event-log';
import { newUid, streamKey, topology, type Delivered } from '@skein/events';
import type { Postgres } from '@skein/postgres';
import { openRedis } from '@skein/redis';
import { StreamReader, StreamTransport } from '@skein/stream';
import { BatchUnit, type Batch } from '@skein/task';
import { openLogger } from '@skein/telemetry';
import { Replayer } from '../src/replayer.js';
import { ReplayerConfig } from '../src/replayer.config.js';

/** Where the parts of a chain meet. */
export interface ChainPlaces {
  readonly redisUrl: string;
  /** Where it shares Redis with others. */
  readonly prefix?: string;
  /** Of the replayer, where they differ. */
  readonly settings?: Partial<ReplayerConfig>;
}

/** Entries that the service reads at once. */
export const BATCH_SIZE = 4;
const CLAIM_AFTER_MS = 600;
const logger = openLogger('replayer', 'silent');

/** A replayer that looks at everything often; resolves also while Redis is down. */
export async function startReplayer(postgres: Postgres, places: ChainPlaces) {
  const { redisUrl, prefix = 'skein', settings } = places;
  const quick = { pollMs: 50, inspectMs: 100, checkpointMs: 100, leaseMs: 1_000 };
  const config = Object.assign(new ReplayerConfig(), {
    streamRedisUrl: redisUrl,
    streamPrefix: prefix,
    ...quick,
    ...settings,
  });
  const replayer = new Replayer(postgres, config, logger);
  await replayer.onApplicationBootstrap();
  return { stop: () => replayer.beforeApplicationShutdown() };
}

/** A selector that hands all that it hears to one handler. */
export async function startService(
  postgres: Postgres,
  { redisUrl: url, prefix = 'skein' }: ChainPlaces,
  effect: (events: readonly Delivered[], batch: Batch) => Promise<void>,
) {
  const log = await EventLog.open(postgres, 'selector', () => undefined);
  const consumer = new ConsumerLog(postgres, 'selector');
  await consumer.register();
  const task = { perform: () => Promise.resolve([]) };
  const open = () => openRedis({ url, name: 'test' });
  const bounds = { batchBytes: 1_000_000, claimAfterMs: CLAIM_AFTER_MS };
  const transport = new StreamTransport({
    ...bounds,
    group: 'selector',
    logger,
    retryPollMs: 50,
    stopMs: 2_000,
    partitionPollMs: 50,
    partitions: () => consumer.partitions(),
    readerOf: (partition) =>
      new StreamReader(open(), open(), {
        ...bounds,
        key: streamKey(prefix, 'selector', partition),
        group: 'selector',
        consumer: newUid(),
        batchSize: BATCH_SIZE,
      }),
    unit: new BatchUnit(log, consumer, task, { retryLimit: 10, retryBaseMs: 50 }),
  });
  for (const type of topology.selector) transport.addHandler(type, effect as never, true);
  transport.listen(() => undefined);
  return { stop: () => transport.close() };
}
