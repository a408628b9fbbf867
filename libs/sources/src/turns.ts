import { abortable } from './deadline.js';

/** One at a time per key, in the order of asking; other keys are not held back. */
export class Turns {
  readonly #tails = new Map<string, Promise<void>>();

  async take<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const tail = before.then(() => done);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    try {
      await abortable(before, signal);
      return await work();
    } finally {
      finish();
    }
  }
}
