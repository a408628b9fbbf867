/** What a tally says, and goes on from after a restart. */
export interface Tallied {
  /** Entries that entered the stream for the first time. */
  readonly published: number;
  /** Entries that entered it again, after a rebuild. */
  readonly restored: number;
  /** The highest number that was ever published. */
  readonly publishedTo: number;
}

/** Counts what enters one stream. */
export class PublishTally {
  private counts: Tallied = { published: 0, restored: 0, publishedTo: 0 };

  get now(): Tallied {
    return this.counts;
  }

  /** Goes on from what another replayer, or this one before, has written down. */
  resume(counts: Tallied): void {
    this.counts = counts;
  }

  /** Events that were appended to the stream, in order. */
  add(events: readonly { readonly sequence: number }[]): void {
    const { published, restored, publishedTo } = this.counts;
    const again = events.filter(({ sequence }) => sequence <= publishedTo).length;
    this.counts = {
      published: published + events.length - again,
      restored: restored + again,
      publishedTo: Math.max(publishedTo, events.at(-1)?.sequence ?? 0),
    };
  }

  /** The log ends before what was published: PostgreSQL was restored to an earlier point. */
  endOfLog(lastNumber: number): void {
    const { publishedTo } = this.counts;
    if (publishedTo > lastNumber) this.counts = { ...this.counts, publishedTo: lastNumber };
  }
}
