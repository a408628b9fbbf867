import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { WatchEvent } from '../resources/watch/watch-event.js';
import type { Watcher } from '../resources/watch/watcher.js';

export const EVENT_STREAM = 'text/event-stream';

/** After how long a client connects again that was cut off. */
const RETRY_MS = 1_000;
/** How long the last word to a client that does not read may wait to be sent. */
const LAST_WORD_MS = 2_000;

/** Written once, however many are sent it. */
const frames = new WeakMap<WatchEvent, Buffer>();

function frameOf(event: WatchEvent): Buffer {
  const known = frames.get(event);
  if (known) return known;
  const id = event.position === undefined ? '' : `id: ${event.position}\n`;
  const frame = Buffer.from(`${id}data: ${event.json}\n\n`);
  frames.set(event, frame);
  return frame;
}

function framesOf(events: readonly WatchEvent[]): Buffer {
  const [first] = events;
  return events.length === 1 ? frameOf(first!) : Buffer.concat(events.map(frameOf));
}

/** What a watcher is told, as server-sent events. It takes no more than the connection does. */
class EventStream extends Readable {
  constructor(private readonly watcher: Watcher) {
    super({ highWaterMark: 16 * 1_024 });
    this.push(`retry: ${RETRY_MS}\n\n`);
  }

  override _read(): void {
    this.watcher.take().then(
      (events) => this.push(events ? framesOf(events) : null),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.watcher.end();
    callback(error);
  }
}

/** Answers what a watcher is told, for as long as it lasts. */
export function answerWatch(reply: FastifyReply, watcher: Watcher): StreamableFile {
  void reply.headers({
    'content-type': EVENT_STREAM,
    'cache-control': 'no-store',
    // A proxy that collects what it passes on would hold changes back.
    'x-accel-buffering': 'no',
  });
  watcher.ended.addEventListener('abort', () => {
    if (reply.raw.closed) return;
    const timer = setTimeout(() => reply.raw.destroy(), LAST_WORD_MS).unref();
    reply.raw.once('close', () => clearTimeout(timer));
  });
  return new StreamableFile(new EventStream(watcher), { type: EVENT_STREAM });
}
