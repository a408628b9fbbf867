import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.js';
import { put, rendered } from './api.js';
import type { Writers } from './writers.js';

const againAfterMs = 100;
const heartbeatMs = 2_000;

/** Where a gateway is, and where it is written down how it answered. */
export type Door = Pick<Writers, 'urls' | 'refused' | 'unanswered'>;

/** Devices that fetch what they are to run, and report that they run it: so that rollouts come to their end. */
export class Devices {
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly door: Door,
    private readonly names: readonly string[],
    private readonly random: Random,
  ) {}

  start(): void {
    this.running = Promise.all(this.names.map((name) => this.live(name)));
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  /** It says also now and then that it is still there: what it said before may have been lost with a database. */
  private async live(name: string): Promise<void> {
    const { signal } = this.ending;
    for (let version = '0'; !signal.aborted;) {
      const beat = AbortSignal.any([signal, AbortSignal.timeout(heartbeatMs)]);
      const newer = await rendered(this.url, name, { version, signal: beat });
      const runs = newer ?? version;
      if (runs !== '0' && (await this.report(name, runs))) version = runs;
      if (!newer) await sleep(againAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Answers whether it is known now what the device runs. */
  private async report(name: string, renderedVersion: string): Promise<boolean> {
    const status = { config: { renderedVersion }, updated: { status: 'UpToDate' } };
    const body = {
      ...{ apiVersion: 'flightctl.io/v1beta1', kind: 'Device' },
      ...{ metadata: { name }, status },
    };
    const answer = await put(this.url, `devices/${name}/status`, body);
    if (answer.kind === 'saved') return true;
    if (!this.ending.signal.aborted) this.door[answer.kind].push(answer.reason);
    return false;
  }

  private get url(): string {
    return this.random.oneOf(this.door.urls);
  }
}
