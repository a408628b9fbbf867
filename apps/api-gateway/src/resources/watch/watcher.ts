import type { Status } from '@skein/api';
import { ending, endings, type WatchEvent } from './watch-event.js';

/** One hand-over to whoever sends: what it buffers itself stays small. */
const TAKEN_BYTES = 64 * 1_024;
/** How long a client may take over what happened before it watches together with others. */
const PATIENCE_MS = 30_000;

export interface WatcherBounds {
  /** What may wait for a slow client, in bytes of JSON. */
  readonly mostBytes: number;
  /** How long it may last. */
  readonly lifeMs: number;
}

/** Somebody who watches: events in a bounded queue, until somebody takes them. */
export class Watcher implements AsyncIterable<readonly WatchEvent[]> {
  /** What was appended to the log up to this position may have been known before joining. */
  since = Number.MAX_SAFE_INTEGER;
  offeredAt = performance.now();
  private queue: WatchEvent[] = [];
  private bytes = 0;
  private isOver = false;
  private changed = Promise.withResolvers<void>();
  private readonly over = new AbortController();

  /** When its time is up, by the clock of {@link performance}. */
  readonly until: number;
  private readonly mostBytes: number;

  constructor({ mostBytes, lifeMs }: WatcherBounds) {
    this.mostBytes = mostBytes;
    // Those who came together need not come back together.
    this.until = performance.now() + lifeMs * (0.9 + 0.1 * Math.random());
  }

  /** Why it is over: one word. */
  get reason(): string {
    return this.over.signal.aborted ? String(this.over.signal.reason) : 'none';
  }

  /** Aborted when nothing more will come: what is not taken by then is of no use to wait for. */
  get ended(): AbortSignal {
    return this.over.signal;
  }

  offer(events: readonly WatchEvent[]): void {
    if (this.isOver || events.length === 0) return;
    this.offeredAt = performance.now();
    const mine = events.filter(({ doubt = 0 }) => doubt <= this.since);
    const size = mine.reduce((sum, { json }) => sum + json.length, 0);
    // One hand-over may be larger than the bound, when nothing waits before it.
    if (this.queue.length > 0 && this.bytes + size > this.mostBytes) {
      this.endSlow();
      return;
    }
    this.queue.push(...mine);
    this.bytes += size;
    this.change();
  }

  /** Ends it, with a last word; what waits is sent before. Without one, the client is gone. */
  end(last?: WatchEvent): void {
    if (this.isOver) return;
    this.isOver = true;
    this.queue = last ? [...this.queue, last] : [];
    this.change();
    this.over.abort(last ? (last.object as Status).reason : 'Gone');
  }

  /** What there is by now, once there is something; undefined at the end. */
  async take(): Promise<readonly WatchEvent[] | undefined> {
    while (this.queue.length === 0) {
      if (this.isOver) return undefined;
      await this.changed.promise;
    }
    const taken = this.cut();
    this.change();
    return taken;
  }

  /** Resolves when most of what waited was taken, or nothing more will be: a client that takes too long is too slow. */
  async emptied(): Promise<void> {
    const timer = setTimeout(() => this.endSlow(), PATIENCE_MS);
    while (!this.isOver && this.bytes > this.mostBytes / 2) await this.changed.promise;
    clearTimeout(timer);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly WatchEvent[]> {
    try {
      for (let taken = await this.take(); taken; taken = await this.take()) yield taken;
    } finally {
      this.end();
    }
  }

  private endSlow(): void {
    this.queue = [];
    this.end(ending(endings.slow()));
  }

  private cut(): WatchEvent[] {
    let [count, size] = [0, 0];
    while (count < this.queue.length && (count === 0 || size < TAKEN_BYTES)) {
      size += this.queue[count]!.json.length;
      count += 1;
    }
    this.bytes -= size;
    return this.queue.splice(0, count);
  }

  private change(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}
