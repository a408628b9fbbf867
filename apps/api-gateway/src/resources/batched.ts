interface Waiting<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
}

/** In one question. */
const MOST = 1_000;

/**
 * Asks one question at a time, for all who wait by then: whoever comes alone waits for nobody, and a herd
 * takes a few questions and one connection.
 */
export class Batched<Key, Value> {
  private waiting: Waiting<Key, Value>[] = [];
  private asking = false;

  /** @param ask answers in the order of the keys */
  constructor(private readonly ask: (keys: readonly Key[]) => Promise<readonly Value[]>) {}

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
    while (this.waiting.length > 0) await this.answer(this.waiting.splice(0, MOST));
    this.asking = false;
  }

  private async answer(asked: readonly Waiting<Key, Value>[]): Promise<void> {
    try {
      const values = await this.ask(asked.map(({ key }) => key));
      asked.forEach(({ resolve }, index) => resolve(values[index]!));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
