/** How much of a stream may be in Redis; the rest of a backlog waits in PostgreSQL. */
export interface WindowLimits {
  readonly entries: number;
  /** Of the events; what Redis adds is not counted. */
  readonly bytes: number;
}

/** An entry of the stream, and the bytes of its values. */
export interface Held {
  readonly sequence: number;
  readonly bytes: number;
}

/** Counts what was added to a window since nothing was known of its stream. */
export interface Added {
  readonly count: number;
}

/** What one stream holds, as far as its publisher knows: what it has appended, or has measured. */
export class Window {
  private held: Held[] = [];
  private total: number | undefined = undefined;
  private counted = { count: 0 };
  private reached: number | undefined = undefined;

  constructor(readonly limits: WindowLimits) {}

  /** Bytes in the stream; undefined before anything is known of it. */
  get bytes(): number | undefined {
    return this.total;
  }

  /** The number of the last entry; undefined without one. */
  get last(): number | undefined {
    return this.held.at(-1)?.sequence;
  }

  /** Another one after everything was forgotten, or somebody else added something. */
  get added(): Added {
    return this.counted;
  }

  /** How many entries have larger numbers. */
  countAbove(number: number): number {
    let [from, to] = [0, this.held.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.held[middle]!.sequence > number) to = middle;
      else from = middle + 1;
    }
    return this.held.length - from;
  }

  /** Whether it holds half of what it may, or more. */
  get isHalfFull(): boolean {
    const { entries, bytes } = this.limits;
    return this.held.length * 2 >= entries || (this.total ?? 0) * 2 >= bytes;
  }

  /** How many more entries there may be; one at least when there is none. */
  get room(): number {
    return this.hasRoomFor(0) ? this.limits.entries - this.held.length : 0;
  }

  /** Whether what is held is just what such a stream has; if not, it must be measured. */
  matches(first: number | undefined, last: number | undefined, length: number): boolean {
    return this.held[0]?.sequence === first && this.last === last && this.held.length === length;
  }

  /**
   * Entries were appended, or found in the stream.
   * @param after what was appended follows on this number
   */
  add(entries: readonly Held[], after = this.reached): void {
    if (after !== this.reached) this.counted = { count: 0 };
    this.reached = entries.at(-1)?.sequence ?? after;
    this.held.push(...entries.map(({ sequence, bytes }) => ({ sequence, bytes })));
    this.total = entries.reduce((sum, { bytes }) => sum + bytes, this.total ?? 0);
    this.counted.count += entries.length;
  }

  /** Entries below this number were taken out. */
  dropBelow(first: number): void {
    const end = this.held.findIndex(({ sequence }) => sequence >= first);
    const gone = this.held.splice(0, end < 0 ? this.held.length : end);
    this.total = gone.reduce((sum, { bytes }) => sum - bytes, this.total ?? 0);
  }

  /** Nothing of what was known holds any more. */
  forget(): void {
    this.held = [];
    this.total = undefined;
    this.counted = { count: 0 };
    this.reached = undefined;
  }

  /** Whether one more entry of so many bytes fits; into an empty stream, every one does. */
  hasRoomFor(bytes: number): boolean {
    return this.fits({ entries: this.held.length, bytes: this.total ?? 0 }, bytes);
  }

  /** As many of the first ones as fit, and as one append should carry. */
  fitting<Entry extends Held>(entries: readonly Entry[], atOnce: number): readonly Entry[] {
    const filled = { entries: this.held.length, bytes: this.total ?? 0 };
    let carried = 0;
    const end = entries.findIndex(({ bytes }) => {
      if (!this.fits(filled, bytes) || (carried > 0 && carried + bytes > atOnce)) return true;
      filled.entries += 1;
      filled.bytes += bytes;
      carried += bytes;
      return false;
    });
    return end < 0 ? entries : entries.slice(0, end);
  }

  /** How many of the next ones are worth reading for so many bytes, from the size of those that are held. */
  worthReading(bytes: number): number {
    if (!this.total || this.held.length === 0) return Infinity;
    const left = Math.min(bytes, this.limits.bytes - this.total);
    return Math.max(10, Math.ceil((2 * left * this.held.length) / this.total));
  }

  private fits(filled: { readonly entries: number; readonly bytes: number }, more: number) {
    if (filled.entries === 0) return true;
    const bytes = filled.bytes + Math.max(more, 1);
    return filled.entries < this.limits.entries && bytes <= this.limits.bytes;
  }
}
