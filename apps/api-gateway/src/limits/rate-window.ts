import type { Counts } from '@skein/cache';

interface Counter {
  /** What this replica let in. */
  own: number;
  /** Of these, what the others were not told of. */
  untold: number;
  /** What all of them let in, as far as is known. */
  total: number;
}

/** Requests of one window of time, by whom they are from. Whoever is refused is not counted: waiting helps. */
export class RateWindow {
  private readonly counters = new Map<string, Counter>();
  private readonly changed = new Set<string>();

  constructor(
    /** Which one, since the epoch. */
    readonly number: number,
  ) {}

  /** How many are counted. */
  get size(): number {
    return this.counters.size;
  }

  has(key: string): boolean {
    return this.counters.has(key);
  }

  /** Whether there is room for one more; then it is counted. */
  take(key: string, limit: number): boolean {
    const counter = this.counterOf(key);
    if (counter.total >= limit) return false;
    counter.own += 1;
    counter.untold += 1;
    counter.total += 1;
    this.changed.add(key);
    return true;
  }

  /** What the others were not told of yet. */
  untold(): Counts {
    const counts = [...this.changed].map((key) => [key, this.counterOf(key).untold] as const);
    this.changed.clear();
    return new Map(counts);
  }

  /** Takes over what all replicas counted after they were told this. Where nobody answered, our own count holds. */
  learn(told: Counts, totals: Counts): void {
    for (const [key, count] of told) {
      const counter = this.counterOf(key);
      counter.untold -= count;
      const total = totals.get(key) ?? 0;
      counter.total = Math.max(total + counter.untold, counter.own);
    }
  }

  private counterOf(key: string): Counter {
    const known = this.counters.get(key);
    if (known) return known;
    const counter = { own: 0, untold: 0, total: 0 };
    this.counters.set(key, counter);
    return counter;
  }
}
