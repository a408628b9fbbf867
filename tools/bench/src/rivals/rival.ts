import type { Happening } from '../payload.js';

/** Jobs that one worker runs at the same time. */
export const AT_THE_SAME_TIME = 100;

export interface Places {
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** Adds happenings, each call in bulk. */
export interface Producer {
  add(happenings: readonly Happening[]): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Handles them. */
export interface Handler {
  /** Resolves when so many are done for good, from the beginning of the process. */
  handled(count: number): Promise<void>;
  close(): Promise<unknown>;
}

/** Something that Skein is compared with. */
export interface Rival {
  produce(places: Places): Promise<Producer>;
  /** Undefined when it only writes. */
  handle?(places: Places): Promise<Handler>;
}
