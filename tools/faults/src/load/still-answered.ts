import type { Writers } from './writers.js';

/** So long a machine that is busy with other things may take. */
const withinMs = 2_000;

/** Sees whether writes go on being acknowledged while something is away. */
export class StillAnswered {
  private seen: number;
  private since = performance.now();

  constructor(private readonly writers: Pick<Writers, 'acknowledged'>) {
    this.seen = writers.acknowledged.length;
  }

  /**
   * To be called again and again.
   * @throws when nothing was acknowledged for too long
   */
  look(): void {
    const { length } = this.writers.acknowledged;
    const now = performance.now();
    if (length > this.seen) [this.seen, this.since] = [length, now];
    if (now - this.since > withinMs) throw new Error(`no write was answered for ${withinMs} ms`);
  }
}
