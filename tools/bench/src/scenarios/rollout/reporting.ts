import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../child.js';

/** Devices look so often whether there is something new. */
const EVERY_MS = 250;

/** Simulated devices, which say that they run whatever they are to run. */
export class Reporting {
  private reported = 0;
  private failure: Error | undefined;
  private running: Promise<void> = Promise.resolve();
  private readonly ending = new AbortController();

  constructor(private readonly pen: Child) {}

  start(): void {
    this.running = this.run().catch((error: Error) => {
      this.failure = error;
    });
  }

  /** Reports so far. @throws when they stopped coming */
  get count(): number {
    if (this.failure) throw this.failure;
    return this.reported;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      this.reported += await this.pen.call<number>('report');
      await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
