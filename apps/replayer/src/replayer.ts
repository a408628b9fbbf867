import { hostname } from 'node:os';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { groups, wakeChannel } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { listen, openRedis } from '@skein/redis';
import { WorkLoop } from '@skein/task';
import { LOGGER, meter, type Logger } from '@skein/telemetry';
import type { Redis } from 'ioredis';
import { Checkpointer } from './checkpoint/checkpointer.js';
import { LateRows } from './checkpoint/late-rows.js';
import { Figures } from './figures/figures.js';
import { NumberingFiguresReader } from './figures/numbering-figures.js';
import { StreamFiguresReader } from './figures/stream-figures.js';
import { Lease } from './lease.js';
import { Numbering } from './numbering/numbering.js';
import { HeardEvents } from './publishing/heard-events.js';
import { Publisher } from './publishing/publisher.js';
import { Stream } from './publishing/stream.js';
import { PublishTally } from './publishing/tally.js';
import { Window } from './publishing/window.js';
import { ReplayerConfig } from './replayer.config.js';

const LATE_ROWS_MS = 60_000;

/** Numbers the log, publishes it to the streams, restores them, and moves the checkpoints. */
@Injectable()
export class Replayer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly redis: Redis;
  private readonly wakes: Redis;
  private readonly numbering: Numbering;
  private readonly lease: Lease;
  private readonly figures: Figures;
  private readonly loops: readonly WorkLoop[];
  private readonly publishing: readonly WorkLoop[];
  private readonly numbered = meter().createCounter('skein_replayer_numbered');
  private readonly published = meter().createCounter('skein_replayer_published');
  private leads = false;

  constructor(
    private readonly postgres: Postgres,
    private readonly config: ReplayerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const { streamRedis, leaseMs } = config;
    this.redis = openRedis({ ...streamRedis, name: 'skein-replayer', logger });
    this.wakes = openRedis({ ...streamRedis, name: 'skein-replayer-wakes', logger });
    this.numbering = new Numbering(postgres);
    const holder = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
    this.lease = new Lease(postgres, { name: 'replayer', holder, durationMs: leaseMs });
    const streams = groups.map((group) => this.streamLoops(group));
    this.publishing = streams.map(({ publish }) => publish);
    this.figures = new Figures(
      postgres,
      streams.map(({ figures }) => figures),
      new NumberingFiguresReader(postgres, this.numbering),
    );
    this.loops = [
      this.loop('the lease', leaseMs / 4, () => this.elect()),
      this.loop('numbering', config.pollMs, () => this.number()),
      this.loop('housekeeping', 1_000, () => this.keepHouse()),
      this.loop('the figures', 1_000, () => this.figure()),
      ...streams.flatMap(({ publish, checkpoint, late }) => [publish, checkpoint, late]),
    ];
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.elect();
    // Waits for Redis as long as it takes: the log is numbered meanwhile.
    listen(this.wakes, wakeChannel(this.config.streamPrefix), () => this.loops[1]!.wake());
    for (const loop of this.loops) loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
    this.wakes.disconnect();
    await Promise.all(this.loops.map((loop) => loop.stop()));
    this.figures.stop();
    if (this.leads) await this.lease.release().catch(() => undefined);
  }

  private streamLoops(group: (typeof groups)[number]) {
    const { streamPrefix, streamWindow, streamWindowBytes, inspectMs, checkpointMs } = this.config;
    const stream = new Stream(this.redis, streamPrefix, group);
    const heard = new HeardEvents(this.postgres, group);
    const tally = new PublishTally();
    const window = new Window({ entries: streamWindow, bytes: streamWindowBytes });
    const settings = { window, inspectEveryMs: inspectMs, tally };
    const publisher = new Publisher(stream, heard, this.logger, settings);
    const checkpointer = new Checkpointer(this.postgres, stream, this.logger);
    const publish = this.loop(`publishing to ${group}`, inspectMs, async () => {
      const count = this.leads ? await publisher.step(this.numbering.last) : 0;
      this.published.add(count, { group });
      return count;
    });
    const checkpoint = this.loop(`the checkpoint of ${group}`, checkpointMs, async () => {
      const trimmed = this.leads ? await checkpointer.step() : 0;
      publisher.trimmed(trimmed);
      if (trimmed > 0) publish.wake();
      return 0;
    });
    const figures = new StreamFiguresReader(this.postgres, stream, tally, window);
    const lateRows = new LateRows(this.postgres, group);
    const late = this.loop(`late rows of ${group}`, LATE_ROWS_MS, async () =>
      this.leads ? lateRows.step() : 0,
    );
    return { publish, checkpoint, late, figures };
  }

  private loop(name: string, idleMs: number, work: () => Promise<number>): WorkLoop {
    return new WorkLoop({ name, idleMs, work, logger: this.logger });
  }

  private async elect(): Promise<number> {
    const leads = await this.lease.hold().catch(() => false);
    if (leads !== this.leads) {
      this.logger.info({ leads }, leads ? 'this replayer leads' : 'another replayer leads');
      this.numbering.distrust();
      // Without them the tallies begin anew; that must not keep anybody from leading.
      if (leads) await this.figures.resume().catch(() => undefined);
      else this.figures.forget();
    }
    this.leads = leads;
    return 0;
  }

  private async number(): Promise<number> {
    if (!this.leads) return 0;
    const count = await this.numbering.round();
    this.numbered.add(count);
    if (count > 0) for (const loop of this.publishing) loop.wake();
    return count;
  }

  private async figure(): Promise<number> {
    if (this.leads) await this.figures.step();
    return 0;
  }

  private async keepHouse(): Promise<number> {
    if (!this.leads) return 0;
    await this.numbering.saveSettled();
    await this.numbering.saveQuietRound();
    await this.postgres.query('select log.make_partitions()');
    return 0;
  }
}
