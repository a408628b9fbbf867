import type { Kind } from './kinds.js';

/** A JSON object whose inner shape belongs to another room: a device's spec, a fleet's template. */
export type JsonObject = { readonly [key: string]: unknown };

/** Where an event came from: carried from cause to effect, all the way round the ring. */
export interface Origin {
  /** Id of the event that caused this one. */
  readonly causationid?: string;
  /** Id of the first event of the chain. */
  readonly correlationid?: string;
  /** W3C trace context of the span that appended the event. */
  readonly traceparent?: string;
  /** Who asked for the change: a user, a device, or a service. */
  readonly actor?: string;
  readonly sourceaddress?: string;
  readonly requestid?: string;
}

/** One event as the log keeps it and the streams carry it, with CloudEvents 1.0 attribute names. */
export interface Envelope<Data = unknown> extends Origin {
  /** UUIDv7. */
  readonly id: string;
  /** The service that speaks: `/rollout`. */
  readonly source: string;
  /** `skein.device.labels-updated.v1` */
  readonly type: string;
  readonly kind: Kind;
  /** Uid of the subject; with `org` and `kind` it names the subject. */
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly org: string;
  /** Counts 1, 2, 3 … without a gap per subject. */
  readonly version: number;
  readonly data: Data;
}

/** An event with its number in the log, as a consumer receives it. */
export interface Delivered<Data = unknown> {
  /** The event's number: gap-free from 1 over the whole log. */
  readonly sequence: number;
  readonly event: Envelope<Data>;
}

/** An event that is about to be appended; id, time and version are given by the log. */
export interface NewEvent<Data = unknown> {
  readonly definition: EventDefinition<Data>;
  readonly org: string;
  readonly subject: string;
  readonly data: Data;
  readonly origin?: Origin;
}

/** What the contract says of one event type. */
export interface EventDefinition<Data = unknown> {
  readonly type: string;
  readonly kind: Kind;
  /** Members that `data` must have. */
  readonly keys: readonly string[];
  /** Never there: it lets a definition carry the type of its events' data. */
  readonly data?: Data;
}

/** At most so many bytes of `data` in one event; larger things go to blobs. */
export const MAX_EVENT_BYTES = 64 * 1024;
/** Batch events may be larger. */
export const MAX_BATCH_EVENT_BYTES = 256 * 1024;
/** At most so many members in one batch event. */
export const MAX_MEMBERS = 1_000;
