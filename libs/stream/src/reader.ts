import type { Redis } from 'ioredis';
import { meter } from '@skein/telemetry';
import { CLAIM, FORGET_DEAD, LEAVE, RENEW } from './reader-scripts.js';
import { ReadSize } from './read-size.js';

export interface Entry {
  readonly sequence: number;
  /** The event's id. */
  readonly id: string;
  readonly text: string;
  /** Of the text, as UTF-8. */
  readonly bytes: number;
  /** It was delivered before, to somebody who never said that it is done. */
  readonly again: boolean;
}

type RawEntry = [id: string, fields: string[]];
type RawClaim = [cursor: string, entries: RawEntry[], deliveries: number[], deleted: string[]];

export interface ReaderSettings {
  readonly key: string;
  readonly group: string;
  readonly consumer: string;
  /** Entries in one read at the most. */
  readonly batchSize: number;
  /** Bytes that a read should have at the most; it has more only where one surprises. */
  readonly batchBytes: number;
  /** After so long without a sign of life, a consumer's entries are taken over. */
  readonly claimAfterMs: number;
}

export interface Claimed {
  readonly entries: readonly Entry[];
  /** All pending entries were looked at; else there may be more to claim. */
  readonly done: boolean;
}

const START = '0-0';
/** A consumer that has nothing and was silent for so many times the claim time-out is gone. */
const SILENCES = 10;

const idOf = ({ sequence }: Entry) => `${sequence}-0`;

/** An entry has one field: named by the event's id, with the event as its value. */
function entryOf([number, fields]: RawEntry, again: boolean): Entry {
  const [id = '', text = ''] = fields;
  return {
    sequence: Number(number.split('-')[0]),
    id,
    text,
    bytes: Buffer.byteLength(text),
    again,
  };
}

/** Reads, claims and acknowledges the entries of one stream as one consumer of its group. */
export class StreamReader {
  private readonly size: ReadSize;
  private cursor = START;
  private full = false;
  private readonly claimed = meter().createCounter('skein_entries_claimed', {
    description: 'Entries taken over from consumers that gave no sign of life or left',
  });
  private readonly deleted = meter().createCounter('skein_entries_deleted', {
    description: 'Entries that were deleted from the stream before they were acknowledged',
  });

  constructor(
    private readonly blocking: Redis,
    private readonly commands: Redis,
    private readonly settings: ReaderSettings,
  ) {
    this.size = new ReadSize({ entries: settings.batchSize, bytes: settings.batchBytes });
  }

  /** The last read brought all that it asked for, so there are likely more. */
  get hasMore(): boolean {
    return this.full;
  }

  /** New entries; none when nothing came within the time. */
  async read(waitMs: number): Promise<readonly Entry[]> {
    const { key, group, consumer } = this.settings;
    const { count } = this.size;
    // Zero would wait for ever.
    const block = Math.max(1, Math.ceil(waitMs));
    const answer = (await this.blocking.xreadgroup(
      ...(['GROUP', group, consumer, 'COUNT', count] as const),
      ...(['BLOCK', block, 'STREAMS', key, '>'] as const),
    )) as [[key: string, entries: RawEntry[]]] | null;
    const entries = (answer?.[0][1] ?? []).map((raw) => entryOf(raw, false));
    this.full = entries.length >= count;
    return this.taken(entries);
  }

  /**
   * Some entries of consumers that gave no sign of life for too long; called again, it goes on
   * where it stopped. Those that were deleted from the stream are only counted:
   * the replayer misses them at the checkpoint, and they become retries.
   */
  async claim(): Promise<Claimed> {
    const { claimAfterMs } = this.settings;
    const asked = [claimAfterMs, this.cursor, this.size.count];
    const [cursor, raw, deliveries, deleted] = (await this.run(CLAIM, asked)) as RawClaim;
    this.cursor = cursor;
    this.claimed.add(raw.length);
    this.deleted.add(deleted.length);
    const entries = this.taken(raw.map((entry, at) => entryOf(entry, deliveries[at]! > 1)));
    return { entries, done: cursor === START };
  }

  /** Keeps peers from claiming these; those that a peer has claimed stay with the peer. */
  async renew(entries: readonly Entry[]): Promise<void> {
    if (entries.length > 0) await this.run(RENEW, entries.map(idOf));
  }

  /** To be called after the commit, never before. */
  async acknowledge(entries: readonly Entry[]): Promise<void> {
    const { key, group } = this.settings;
    if (entries.length > 0) await this.commands.xack(key, group, ...entries.map(idOf));
  }

  /** Takes consumers off the group that have nothing and gave no sign of life for long. */
  async forgetTheDead(): Promise<void> {
    await this.run(FORGET_DEAD, [this.settings.claimAfterMs * SILENCES]);
  }

  /**
   * Stops reading and leaves the group. What this consumer still has, peers may claim at
   * once; it stays in the group for as long.
   * @param begun entries whose handling has not ended: they count as delivered
   */
  async leave(begun: readonly Entry[]): Promise<void> {
    this.blocking.disconnect();
    await this.run(LEAVE, [this.settings.claimAfterMs, ...begun.map(idOf)]);
  }

  close(): void {
    this.blocking.disconnect();
    this.commands.disconnect();
  }

  private taken(entries: readonly Entry[]): readonly Entry[] {
    this.size.learn(
      entries.length,
      entries.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    return entries;
  }

  private run(script: string, parameters: readonly (string | number)[]): Promise<unknown> {
    const { key, group, consumer } = this.settings;
    return this.commands.eval(script, 1, key, group, consumer, ...parameters);
  }
}
