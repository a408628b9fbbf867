import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import { openLogger } from '@skein/telemetry';
import type { Redis } from 'ioredis';
import { Numbering } from '../src/numbering/numbering.js';
import { HeardEvents } from '../src/publishing/heard-events.js';
import { Publisher } from '../src/publishing/publisher.js';
import { Stream } from '../src/publishing/stream.js';
import { Window } from '../src/publishing/window.js';
import type { LogScene } from './log-scene.js';

const NEVER_MS = 3_600_000;

/** A window of so many entries, and by default of as many bytes as anybody needs. */
export const windowOf = (entries: number, bytes = 64 * 1024 * 1024) =>
  new Window({ entries, bytes });

class CountedEvents extends HeardEvents {
  constructor(
    database: Queryable,
    { group, partition }: Stream,
    private readonly counted: () => void,
  ) {
    super(database, group, partition);
  }

  override next(after: number, limit: number, last?: number) {
    this.counted();
    return super.next(after, limit, last);
  }
}

/** A log whose events are numbered, and the stream of the selector that they are published to. */
export class PublishingScene {
  readonly stream: Stream;
  private numbering: Numbering;
  /** How often a publisher has asked the log for events. */
  reads = 0;

  constructor(
    readonly log: LogScene,
    readonly redis: Redis,
    private readonly prefix: string,
  ) {
    this.stream = this.streamOf('selector');
  }

  /** Nothing in the log, nothing in Redis, and the selector hears these types from the beginning. */
  async empty(...types: string[]): Promise<void> {
    await this.log.empty();
    await this.log.admin.query(
      'truncate log.checkpoints, log.hearings, log.partition_counts, log.detours',
    );
    await this.hear(...types);
    await this.redis.del(this.stream.key);
    this.numbering = new Numbering(this.log.replayer);
  }

  async hear(...types: string[]): Promise<void> {
    await this.log.admin.query('select log.register_hearing($1, $2)', ['selector', types]);
  }

  streamOf(group: Group, partition = 0): Stream {
    return new Stream(this.redis, this.prefix, group, partition);
  }

  publisher(
    window: number | Window = 1_000,
    inspectEveryMs = NEVER_MS,
    stream = this.stream,
  ): Publisher {
    const heard = new CountedEvents(this.log.replayer, stream, () => (this.reads += 1));
    return new Publisher(stream, heard, openLogger('replayer', 'silent'), {
      window: typeof window === 'number' ? windowOf(window) : window,
      inspectEveryMs,
    });
  }

  async number(count = 0): Promise<void> {
    if (count > 0) await this.log.commit(...this.log.events(count));
    await this.numbering.round();
  }

  step(publisher: Publisher): Promise<number> {
    return publisher.step(this.numbering.last);
  }

  /** Steps until nothing is left; the second 0 follows a look at a stream that was not as expected. */
  async run(publisher: Publisher): Promise<number> {
    let published = 0;
    for (let idle = 0; idle < 2;) {
      const count = await this.step(publisher);
      idle = count === 0 ? idle + 1 : 0;
      published += count;
    }
    return published;
  }

  async checkpoint(number: number): Promise<void> {
    const update = `update log.checkpoints set number = $1 where service = 'selector'`;
    await this.log.admin.query(update, [number]);
  }

  /** The numbers in the stream. */
  async ids(): Promise<number[]> {
    const entries = await this.redis.xrange(this.stream.key, '-', '+');
    return entries.map(([id]) => Number(id.split('-')[0]));
  }
}

/** first, first + 1, …, last */
export const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
