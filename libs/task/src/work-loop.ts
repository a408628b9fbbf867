import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@skein/telemetry';

export interface WorkLoopSettings {
  /** Does what is due and answers how much that was; called again at once while it is not 0. */
  readonly work: () => Promise<number>;
  readonly logger: Logger;
  /** The wait when there was nothing to do and nobody called {@link WorkLoop.wake}. */
  readonly idleMs: number;
  /** What the log says when the work fails. */
  readonly name: string;
}

/** Does work that is put down as rows, whenever it is woken and every now and then. */
export class WorkLoop {
  private idle = new AbortController();
  private woken = false;
  private stopped = false;
  private running: Promise<void> | undefined;

  constructor(private readonly settings: WorkLoopSettings) {}

  start(): void {
    this.running ??= this.run();
  }

  /** There is something to do. */
  wake(): void {
    this.woken = true;
    this.idle.abort();
  }

  /** Finishes what is in flight. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.idle.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      const done = await this.once();
      if (done === 0) await this.rest();
    }
  }

  private async once(): Promise<number> {
    try {
      return await this.settings.work();
    } catch (error) {
      this.settings.logger.warn({ error }, `${this.settings.name} failed and is tried again`);
      return 0;
    }
  }

  private async rest(): Promise<void> {
    if (this.woken || this.stopped) return;
    this.idle = new AbortController();
    await sleep(this.settings.idleMs, undefined, { signal: this.idle.signal }).catch(
      () => undefined,
    );
  }
}
