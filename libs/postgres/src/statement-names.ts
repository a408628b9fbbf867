/** A statement that ran so often is going to run again. */
const OFTEN = 3;
/** Each connection keeps what it has prepared; texts that are made for one use must not fill it. */
const MOST = 500;

/** Which statements are prepared, and under which names: those that run again and again are then planned once. */
export class StatementNames {
  private readonly seen = new Map<string, number>();
  private readonly names = new Map<string, string>();
  private given = 0;

  constructor(private readonly prefix: string) {}

  /** The name to prepare it under; undefined for one that is not worth it. */
  of(sql: string): string | undefined {
    const name = this.names.get(sql);
    if (name) return name;
    if (this.names.size >= MOST) return undefined;
    const times = (this.seen.get(sql) ?? 0) + 1;
    if (times < OFTEN) {
      this.seen.set(sql, times);
      if (this.seen.size > MOST) this.seen.clear();
      return undefined;
    }
    this.seen.delete(sql);
    return this.give(sql);
  }

  /** What was prepared fits the tables no more: the next time it is prepared anew, on every connection. */
  renew(sql: string): void {
    if (this.names.has(sql)) this.give(sql);
  }

  private give(sql: string): string {
    const name = `${this.prefix}_${(this.given += 1)}`;
    this.names.set(sql, name);
    return name;
  }
}
