import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '@skein/postgres';

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchSettings<Key> {
  /** How long is waited for others before a question that is not full; 0: not at all. */
  readonly gatherMs?: number;
  /** What a key weighs. */
  readonly weigh?: (key: Key) => number;
  /** What the keys of one question weigh together at the most, unless it has one only. */
  readonly mostWeight?: number;
}

/** In one question. */
const MOST = 1_000;

/**
 * Asks one question at a time, for all who wait by then: whoever comes alone waits for nobody, and a herd
 * takes a few questions and one connection. A question that fails is halved until its culprit stands alone.
 */
export class Batched<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private asking = false;

  /** @param ask answers in the order of the keys; one that failed has changed nothing, and may be asked again */
  constructor(
    private readonly ask: (keys: readonly Key[]) => Promise<readonly Value[]>,
    private readonly settings: BatchSettings<Key> = {},
  ) {}

  get(key: Key): Promise<Value> {
    const answer = new Promise<Value>((resolve, reject) => {
      this.waiting.push({ key, resolve, reject });
    });
    if (!this.asking) void this.run();
    return answer;
  }

  private async run(): Promise<void> {
    this.asking = true;
    // All that is asked for in this turn belongs to the first question.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      await this.gather();
      await this.answer(this.waiting.splice(0, this.fitting()));
    }
    this.asking = false;
  }

  private async gather(): Promise<void> {
    const { gatherMs = 0 } = this.settings;
    if (gatherMs > 0 && this.fitting() === this.waiting.length) await sleep(gatherMs);
  }

  /** How many of those that wait one question takes. */
  private fitting(): number {
    const { weigh = () => 0, mostWeight = 0 } = this.settings;
    const most = Math.min(this.waiting.length, MOST);
    let weight = 0;
    for (let count = 0; count < most; count += 1) {
      weight += weigh(this.waiting[count]!.key);
      if (weight > mostWeight) return Math.max(count, 1);
    }
    return most;
  }

  private async answer(asked: readonly Waiting<Key, Value>[]): Promise<void> {
    try {
      const values = await this.ask(asked.map(({ key }) => key));
      asked.forEach(({ resolve }, index) => resolve(values[index]!));
    } catch (error) {
      await this.fail(asked, error);
    }
  }

  private async fail(asked: readonly Waiting<Key, Value>[], error: unknown): Promise<void> {
    if (asked.length === 1 || isTransient(error)) {
      for (const { reject } of asked) reject(error);
      return;
    }
    const half = Math.ceil(asked.length / 2);
    await this.answer(asked.slice(0, half));
    await this.answer(asked.slice(half));
  }
}
