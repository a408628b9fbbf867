import { DETOUR, type Group } from '@skein/events';
import type { Postgres } from '@skein/postgres';
import { WorkLoop } from '@skein/task';
import { meter, type Logger } from '@skein/telemetry';
import type { Redis } from 'ioredis';
import { Checkpointer } from './checkpoint/checkpointer.js';
import { LateRows } from './checkpoint/late-rows.js';
import { StreamFiguresReader } from './figures/stream-figures.js';
import { HeardEvents } from './publishing/heard-events.js';
import { Publisher } from './publishing/publisher.js';
import { Stream } from './publishing/stream.js';
import { PublishTally } from './publishing/tally.js';
import { Window } from './publishing/window.js';
import type { ReplayerConfig } from './replayer.config.js';
import { Detours } from './routing/detours.js';

const LATE_ROWS_MS = 60_000;
const DETOURS_MS = 1_000;
/** How often the checkpoint of a stream that fills up moves. */
const HURRY_MS = 50;

/** What the loops of all streams share. */
export interface StreamParts {
  readonly redis: Redis;
  readonly postgres: Postgres;
  readonly config: ReplayerConfig;
  readonly logger: Logger;
  /** Whether this replayer may act now. */
  readonly leads: () => boolean;
  /** The last number given. */
  readonly lastNumber: () => number;
}

/** All that is done again and again for one stream: published, checkpointed, tidied up. */
export class StreamLoops {
  readonly figures: StreamFiguresReader;
  private readonly publishing: WorkLoop;
  private readonly loops: readonly WorkLoop[];
  private readonly published = meter().createCounter('skein_replayer_published');

  constructor(
    private readonly parts: StreamParts,
    readonly group: Group,
    readonly partition: number,
  ) {
    const { redis, postgres, config, logger } = parts;
    const stream = new Stream(redis, config.streamPrefix, group, partition);
    const tally = new PublishTally();
    const window = new Window({ entries: config.streamWindow, bytes: config.streamWindowBytes });
    const detour = new Stream(redis, config.streamPrefix, group, DETOUR);
    const endOfDetour = async () => (await detour.inspect())?.last ?? 0;
    const detours = new Detours(postgres, group, logger, endOfDetour);
    const publisher = new Publisher(stream, new HeardEvents(postgres, group, partition), logger, {
      window,
      inspectEveryMs: config.inspectMs,
      tally,
      full: (place) => detours.relieve({ partition, ...place }),
    });
    this.figures = new StreamFiguresReader(postgres, stream, tally, window);
    this.publishing = this.loop('publishing to', config.inspectMs, () => this.publish(publisher));
    const checkpointer = new Checkpointer(postgres, stream, logger);
    let [checkpointAt, hurriesUntil] = [0, 0];
    this.loops = [
      this.publishing,
      this.loop('the checkpoint of', HURRY_MS, async () => {
        // A full stream that is being read is trimmed more often: else its window would bound its speed.
        const now = performance.now();
        if (now < checkpointAt && !(now < hurriesUntil && window.isHalfFull)) return 0;
        checkpointAt = now + config.checkpointMs;
        const trimmed = await checkpointer.step();
        if (trimmed > 0) hurriesUntil = checkpointAt;
        publisher.trimmed(trimmed);
        if (trimmed > 0) this.publishing.wake();
        return 0;
      }),
      ...this.ofService(detours),
    ];
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** There may be something to publish. */
  wake(): void {
    this.publishing.wake();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** What is done once for all partitions of a service goes with one of them. */
  private ofService(detours: Detours): WorkLoop[] {
    const { group, partition } = this;
    const lateRows = new LateRows(this.parts.postgres, group);
    if (partition === 0) return [this.loop('late rows of', LATE_ROWS_MS, () => lateRows.step())];
    if (partition !== DETOUR) return [];
    const end = async () => {
      await detours.end();
      return 0;
    };
    return [this.loop('the end of detours of', DETOURS_MS, end)];
  }

  private async publish(publisher: Publisher): Promise<number> {
    const { group, partition } = this;
    const count = await publisher.step(this.parts.lastNumber());
    this.published.add(count, { group, partition });
    return count;
  }

  /** Only the replayer that leads does anything. */
  private loop(what: string, idleMs: number, work: () => Promise<number>): WorkLoop {
    const { logger, leads } = this.parts;
    const place = this.partition === DETOUR ? 'detour' : this.partition;
    return new WorkLoop({
      name: `${what} ${this.group}.${place}`,
      idleMs,
      work: async () => (leads() ? work() : 0),
      logger,
    });
  }
}
