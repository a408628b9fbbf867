/** Does things of one key one after the other, as they were asked for; those of others do not wait for them. */
export class InTurn {
  private readonly last = new Map<string, Promise<unknown>>();

  get size(): number {
    return this.last.size;
  }

  async run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const done = (this.last.get(key) ?? Promise.resolve()).then(work);
    const over = done.catch(() => undefined);
    this.last.set(key, over);
    try {
      return await done;
    } finally {
      if (this.last.get(key) === over) this.last.delete(key);
    }
  }
}
