import { hostname } from 'node:os';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { numberedChannel, streamKey, wakeChannel } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { listen, openRedis } from '@skein/redis';
import { waker } from '@skein/stream';
import { WorkLoop } from '@skein/task';
import { LOGGER, meter, type Logger } from '@skein/telemetry';
import type { Redis } from 'ioredis';
import { Figures } from './figures/figures.js';
import { NumberingFiguresReader } from './figures/numbering-figures.js';
import { KvServers } from './kv/kv-servers.js';
import { Lease } from './lease.js';
import { Numbering, ROUND_LIMIT } from './numbering/numbering.js';
import { ReplayerConfig } from './replayer.config.js';
import { PartitionCounts } from './routing/partition-counts.js';
import { Streams } from './streams.js';

/** So seldom that it gives much to merge at once, and so often that a search finds little that is not merged. */
const MERGE_EVERY_MS = 10_000;
/** How often the servers of streams and cache are looked at. */
const KV_EVERY_MS = 5_000;

/** Numbers the log, publishes it to the streams, restores them, and moves the checkpoints. */
@Injectable()
export class Replayer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly redis: Redis;
  private readonly wakes: Redis;
  private readonly sayNumbered: () => void;
  private readonly numbering: Numbering;
  private readonly lease: Lease;
  private readonly figures: Figures;
  private readonly kv: KvServers;
  private readonly streams: Streams;
  private readonly counts: PartitionCounts;
  private readonly loops: readonly WorkLoop[];
  /** What a hint that something was committed wakes. */
  private readonly numbers: WorkLoop;
  private readonly numbered = meter().createCounter('skein_replayer_numbered');
  private leads = false;

  constructor(
    private readonly postgres: Postgres,
    private readonly config: ReplayerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const { streamRedis, leaseMs } = config;
    this.redis = openRedis({ ...streamRedis, name: 'skein-replayer', logger });
    this.wakes = openRedis({ ...streamRedis, name: 'skein-replayer-wakes', logger });
    this.sayNumbered = waker(this.redis, numberedChannel(config.streamPrefix));
    this.numbering = new Numbering(postgres);
    const holder = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
    this.lease = new Lease(postgres, { name: 'replayer', holder, durationMs: leaseMs });
    this.counts = new PartitionCounts(postgres);
    this.streams = new Streams({
      ...{ redis: this.redis, postgres, config, logger },
      leads: () => this.leads,
      lastNumber: () => this.numbering.last,
    });
    const numberingFigures = new NumberingFiguresReader(postgres, this.numbering);
    this.figures = new Figures(postgres, () => this.streams.figures, numberingFigures);
    this.kv = new KvServers({ ...{ postgres, config, logger }, streamKeys: () => this.streamKeys });
    this.numbers = this.loop('numbering', config.pollMs, () => this.number());
    this.loops = [
      this.numbers,
      this.loop('looking for streams', config.inspectMs, () => this.streams.look()),
      this.loop('the lease', leaseMs / 4, () => this.elect()),
      this.loop('housekeeping', 1_000, () => this.keepHouse()),
      this.loop('the figures', 1_000, () => this.figure()),
      this.loop('the key-value stores', KV_EVERY_MS, () => this.lookAtServers()),
      this.loop('the index of the log', MERGE_EVERY_MS, () => this.mergeIndex()),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.elect();
    // Waits for Redis as long as it takes: the log is numbered meanwhile.
    listen(this.wakes, wakeChannel(this.config.streamPrefix), () => this.numbers.wake());
    this.kv.start();
    for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
    this.wakes.disconnect();
    await Promise.all([this.streams, ...this.loops].map((part) => part.stop()));
    this.figures.stop();
    this.kv.stop();
    if (this.leads) await this.lease.release().catch(() => undefined);
  }

  private loop(name: string, idleMs: number, work: () => Promise<number>): WorkLoop {
    return new WorkLoop({ name, idleMs, work, logger: this.logger });
  }

  private async elect(): Promise<number> {
    const leads = await this.lease.hold().catch(() => false);
    if (leads !== this.leads) {
      this.logger.info({ leads }, leads ? 'this replayer leads' : 'another replayer leads');
      this.numbering.distrust();
      if (leads) await this.begin();
      else for (const figures of [this.figures, this.kv]) figures.forget();
    }
    this.leads = leads;
    return 0;
  }

  private async begin(): Promise<void> {
    await this.counts.set(this.config.streamPartitions);
    // Without them the tallies begin anew; that must not keep anybody from leading.
    await this.streams.look().catch(() => undefined);
    await this.figures.resume().catch(() => undefined);
    await this.kv.resume().catch(() => undefined);
  }

  private async number(): Promise<number> {
    if (!this.leads) return 0;
    const count = await this.numbering.round(() => this.hint());
    this.numbered.add(count);
    // Who commits from now on wakes it again.
    return count < ROUND_LIMIT ? 0 : count;
  }

  /** There is something new to publish, and for those who read the log. Hints are not kept for when Redis is back. */
  private hint(): void {
    this.streams.wake();
    if (this.redis.status === 'ready') this.sayNumbered();
  }

  private async figure(): Promise<number> {
    if (this.leads) await this.figures.step();
    return 0;
  }

  private get streamKeys(): string[] {
    const { streamPrefix } = this.config;
    return this.streams.figures.map(({ group, partition }) =>
      streamKey(streamPrefix, group, partition),
    );
  }

  private async lookAtServers(): Promise<number> {
    if (this.leads) await this.kv.step();
    return 0;
  }

  private async keepHouse(): Promise<number> {
    if (!this.leads) return 0;
    await this.numbering.saveSettled();
    await this.numbering.saveQuietRound();
    await this.counts.forget();
    await this.postgres.query('select log.make_partitions()');
    return 0;
  }

  private async mergeIndex(): Promise<number> {
    if (this.leads) await this.postgres.query('select log.merge_concerned()');
    return 0;
  }
}
