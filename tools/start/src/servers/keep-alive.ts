import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../terminal/report.js';
import type { OwnServer } from './own-server.js';

const lookMs = 250;
const longestPauseMs = 10_000;

/** Starts own servers again when they die, until it is disposed of; then it stops them. */
export class KeepAlive implements AsyncDisposable {
  private readonly ending = new AbortController();
  private readonly watches: Promise<void>[] = [];

  constructor(private readonly report: Report) {}

  watch(own: OwnServer): void {
    this.watches.push(this.keep(own));
  }

  /** The ones watched last stop first. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ending.abort();
    await Promise.all(this.watches.toReversed());
  }

  private async keep({ name, server }: OwnServer): Promise<void> {
    let failures = 0;
    while (await this.pause(lookMs)) {
      if (server.pid !== undefined) continue;
      this.report.warn(`${name} has died; it is started again`);
      try {
        await server.restart();
        failures = 0;
      } catch (error) {
        this.report.warn(`${name} did not start: ${(error as Error).message}`);
        await this.pause(Math.min(longestPauseMs, lookMs * 2 ** ++failures));
      }
    }
    await server.stop();
  }

  /** False when all is over. */
  private async pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.ending;
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}
