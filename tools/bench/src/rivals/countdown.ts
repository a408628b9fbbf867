/** Resolves waits for a count that only grows. */
export class Countdown {
  private count = 0;
  private waits: { readonly count: number; readonly resolve: () => void }[] = [];

  add(): void {
    this.count += 1;
    if (this.waits.length === 0) return;
    for (const { count, resolve } of this.waits) if (this.count >= count) resolve();
    this.waits = this.waits.filter(({ count }) => this.count < count);
  }

  /** Resolves once it has counted so many, from the beginning. */
  reaches(count: number): Promise<void> {
    if (this.count >= count) return Promise.resolve();
    return new Promise((resolve) => this.waits.push({ count, resolve }));
  }
}
