import { status as codes } from '@grpc/grpc-js';
import { writeMessage, type Status } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import type { WatchEvent, WatchEventType } from '../resources/watch/watch-event.js';
import type { WatchedList } from '../resources/watch/watched-list.js';
import type { Watcher } from '../resources/watch/watcher.js';
import type { WatchService } from '../resources/watch/watch.service.js';
import type { Call } from './call.js';

/** Why a watch ends that its client did not end, and where it was. */
export class WatchEnded extends Error {
  readonly retryable = true;

  constructor(
    readonly code: codes,
    readonly reason: string,
    message: string,
    /** Where the client can go on; empty when it was told none. */
    readonly position: string,
  ) {
    super(message);
  }
}

const changes: Readonly<Record<Exclude<WatchEventType, 'ERROR'>, number>> = {
  ADDED: 1,
  MODIFIED: 2,
  DELETED: 3,
  BOOKMARK: 4,
};

/** By the code of HTTP that the status of the watch has. */
const ends: Readonly<Record<number, readonly [codes, reason: string]>> = {
  404: [codes.NOT_FOUND, 'not-found'],
  408: [codes.UNAVAILABLE, 'timeout'],
  410: [codes.OUT_OF_RANGE, 'expired'],
  429: [codes.RESOURCE_EXHAUSTED, 'too-slow'],
  503: [codes.UNAVAILABLE, 'busy'],
};

function ended({ code, message }: Status, position: string): WatchEnded {
  const [found, reason] = ends[code] ?? [codes.INTERNAL, 'internal'];
  return new WatchEnded(found, reason, message, position);
}

/** Written once, however many are sent it. */
const frames = new WeakMap<WatchEvent, Uint8Array>();

function frameOf(event: WatchEvent, { method }: Call, member: string): Uint8Array {
  const known = frames.get(event);
  if (known) return known;
  const { type, object, position: resourceVersion } = event;
  const change = changes[type as keyof typeof changes];
  const resource = type !== 'BOOKMARK' && { [member]: object };
  const frame = writeMessage(method.output, { change, ...resource, resourceVersion });
  frames.set(event, frame);
  return frame;
}

async function* told(watcher: Watcher, call: Call, member: string): AsyncGenerator<Uint8Array> {
  let position = '';
  for await (const events of watcher) {
    for (const event of events) {
      if (event.type === 'ERROR') throw ended(event.object as Status, position);
      position = event.position ?? position;
      yield frameOf(event, call, member);
    }
  }
}

/** What is watched. */
export interface Watching {
  /** Where messages have the resource. */
  readonly member: string;
  readonly listOf: (query: ListQuery) => WatchedList | Promise<WatchedList>;
}

/** Opens a watch of a list. */
export async function watch(
  call: Call,
  watches: WatchService,
  { member, listOf }: Watching,
  { resourceVersion: position, ...query }: ListQuery,
): Promise<AsyncIterable<Uint8Array>> {
  const { signal } = call;
  const list = await listOf(query);
  return told(await watches.open(list, { position: position as string, signal }), call, member);
}
