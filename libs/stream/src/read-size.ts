import { MAX_EVENT_BYTES } from '@skein/events';

export interface Bounds {
  /** Entries at the most. */
  readonly entries: number;
  /** Bytes, as a rule: one read may exceed it, and the next ones are smaller. */
  readonly bytes: number;
}

/**
 * How many entries to read next. Redis bounds a read in entries only, so the bytes are
 * bounded by asking for fewer: half as many after a read that was too large, a
 * little more after a full one that was small.
 */
export class ReadSize {
  private entries: number;

  constructor(private readonly bounds: Bounds) {
    const ofLargeEvents = Math.floor(bounds.bytes / MAX_EVENT_BYTES);
    this.entries = Math.max(1, Math.min(bounds.entries, ofLargeEvents));
  }

  get count(): number {
    return this.entries;
  }

  /** After a read of so many entries and bytes. */
  learn(entries: number, bytes: number): void {
    if (bytes > this.bounds.bytes) this.entries = Math.max(1, Math.floor(this.entries / 2));
    else if (entries >= this.entries && bytes <= this.bounds.bytes / 2) this.grow();
  }

  private grow(): void {
    this.entries = Math.min(this.bounds.entries, this.entries + Math.ceil(this.entries / 8));
  }
}
