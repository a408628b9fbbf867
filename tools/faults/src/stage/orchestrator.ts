import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.js';

const lookMs = 100;
const pauseMs = 300;

/** Starts a service again each time it ends, as orchestrators do. */
export class Orchestrator {
  private ended = 0;
  private stopped = false;
  private readonly running: Promise<void>;

  /** @param exitCode with which it may end; any other end is a fault */
  constructor(
    private readonly service: Service,
    exitCode: number,
  ) {
    service.expectEnd(exitCode);
    this.running = this.watch();
  }

  /** How often it ended so far. */
  get ends(): number {
    return this.ended;
  }

  /** Leaves it as it is. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      await sleep(lookMs);
      if (this.stopped || this.service.isRunning) continue;
      this.ended += 1;
      await sleep(pauseMs);
      // It may end again before it is ready.
      await this.service.start().catch(() => undefined);
    }
  }
}
