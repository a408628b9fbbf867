import { API_VERSION, statusOf, type Status } from '@skein/api';
import type { RefusedRequest } from '../refused-request.js';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** What somebody who watches a list is told; all who watch the same list share it. */
export interface WatchEvent {
  readonly type: WatchEventType;
  /** The resource as it is now; the last that is known of one that left; or why it is over, a Status. */
  readonly object: object;
  /** All changes up to here were told with this one: where a watch can go on. */
  readonly position?: string;
  /** Type and object, written once for all. */
  readonly json: string;
  /** Only for those who joined when this position of the log had not been drawn: the others know already. */
  readonly doubt?: number;
}

export function watchEvent(
  type: WatchEventType,
  object: object,
  extra: Pick<WatchEvent, 'position' | 'doubt'> = {},
): WatchEvent {
  return { type, object, ...extra, json: JSON.stringify({ type, object }) };
}

export function bookmark(kind: string, position: string): WatchEvent {
  const object = { apiVersion: API_VERSION, kind, metadata: { resourceVersion: position } };
  return watchEvent('BOOKMARK', object, { position });
}

/** Why a watch ends that its client did not end. */
export const endings = {
  slow: () =>
    statusOf(429, 'TooSlow', 'this client reads too slowly; go on from the last id, or list again'),
  old: () =>
    statusOf(408, 'Timeout', 'this watch has lasted long enough; connect again, from the last id'),
  stopping: () =>
    statusOf(503, 'ServiceUnavailable', 'the gateway stops; connect again, from the last id'),
  expired: () => statusOf(410, 'Expired', EXPIRED),
  failed: () => statusOf(500, 'InternalError', 'the watch failed: the log of the gateway says why'),
} as const;

/** Why a watch ends whose list is refused by now: its fleet was deleted, or the log is another one. */
export function endingFor({ code, message }: RefusedRequest): Status {
  return code === 'expired' ? endings.expired() : statusOf(404, 'NotFound', message);
}

export const EXPIRED = 'resourceVersion: is too old, or of another log; list again';

export const ending = (status: Status): WatchEvent => watchEvent('ERROR', status);
