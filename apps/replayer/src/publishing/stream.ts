import { streamKey, type Group } from '@skein/events';
import type { Redis } from 'ioredis';
import { APPEND, DELETE_DAMAGED, DELIVERED, INSPECT, LOOK, MEASURE, SET_UP } from './scripts.js';
import type { Held } from './window.js';

export interface Inspection {
  readonly groupExists: boolean;
  /** The last id that was ever added. */
  readonly last: number;
  /** The first entry that is still there. */
  readonly first: number | undefined;
  readonly newest: { readonly sequence: number; readonly eventId: string } | undefined;
  readonly length: number;
}

/** What the figures say of a stream. */
export interface StreamLook {
  readonly entries: number;
  readonly pending: number;
  /** The smallest number that is pending. */
  readonly oldestPending: number | undefined;
  /** Since it was delivered, or its handler gave the last sign of life. */
  readonly oldestPendingIdleMs: number;
}

export interface Publishable {
  readonly sequence: number;
  readonly eventId: string;
  readonly text: string;
}

type RawInspection = [
  group: number,
  last: string,
  first: string,
  newest: string,
  eventId: string,
  length: number,
];

/** Entries that one look at their sizes takes in. */
const MEASURED_AT_ONCE = 500;

const idOf = (sequence: number) => `${sequence}-0`;
const numberOf = (id: string) => Number(id.split('-')[0]);

/** One service's stream in Redis. Only the replayer writes to it. */
export class Stream {
  readonly key: string;

  constructor(
    private readonly redis: Redis,
    prefix: string,
    readonly group: Group,
    readonly partition = 0,
  ) {
    this.key = streamKey(prefix, group, partition);
  }

  /** Undefined when there is no stream. */
  async inspect(): Promise<Inspection | undefined> {
    const raw = (await this.redis.eval(INSPECT, 1, this.key, this.group)) as RawInspection | null;
    if (!raw) return undefined;
    const [group, last, first, newest, eventId, length] = raw;
    return {
      groupExists: group === 1,
      last: numberOf(last),
      first: first ? numberOf(first) : undefined,
      newest: newest ? { sequence: numberOf(newest), eventId } : undefined,
      length,
    };
  }

  /** The sizes of the entries up to a number, in order: of the first `limit` ones, at the most. */
  async measure(upTo: number, limit: number): Promise<Held[]> {
    const found: Held[] = [];
    while (found.length < limit) {
      const from = idOf((found.at(-1)?.sequence ?? 0) + 1);
      const count = Math.min(MEASURED_AT_ONCE, limit - found.length);
      const page = await this.redis.eval(MEASURE, 1, this.key, from, idOf(upTo), count);
      const sizes = page as [id: string, bytes: number][];
      found.push(...sizes.map(([id, bytes]) => ({ sequence: numberOf(id), bytes })));
      if (sizes.length < count) break;
    }
    return found;
  }

  /** Makes the stream so that its next entry comes after the start point. */
  async setUp(start: number): Promise<void> {
    await this.redis.eval(SET_UP, 1, this.key, this.group, idOf(start));
  }

  /** Deletes the stream if it is still the one that was inspected. */
  async deleteDamaged({ last, first }: Inspection): Promise<void> {
    await this.redis.eval(
      DELETE_DAMAGED,
      1,
      this.key,
      idOf(last),
      first === undefined ? '' : idOf(first),
    );
  }

  /** Appends after `last`; answers whether the stream was as expected. */
  async append(last: number, events: readonly Publishable[]): Promise<boolean> {
    const entries = events.flatMap(({ sequence, eventId, text }) => [
      idOf(sequence),
      eventId,
      text,
    ]);
    return (await this.redis.eval(APPEND, 1, this.key, idOf(last), ...entries)) !== null;
  }

  /** How far the group has read; undefined when there is no stream or group. */
  async delivered(): Promise<{ last: number; pending: number | undefined } | undefined> {
    const raw = (await this.redis.eval(DELIVERED, 1, this.key, this.group)) as
      [string, string] | null;
    return raw
      ? { last: numberOf(raw[0]), pending: raw[1] ? numberOf(raw[1]) : undefined }
      : undefined;
  }

  /** For people; undefined when there is no stream or group. */
  async look(): Promise<StreamLook | undefined> {
    const raw = (await this.redis.eval(LOOK, 1, this.key, this.group)) as
      [entries: number, pending: number, oldest: string, idleMs: number] | null;
    if (!raw) return undefined;
    const [entries, pending, oldest, oldestPendingIdleMs] = raw;
    const oldestPending = oldest ? numberOf(oldest) : undefined;
    return { entries, pending, oldestPending, oldestPendingIdleMs };
  }

  /** Takes out what the checkpoint has passed; answers how many entries that were. */
  async trim(checkpoint: number): Promise<number> {
    return this.redis.xtrim(this.key, 'MINID', idOf(checkpoint + 1));
  }
}
