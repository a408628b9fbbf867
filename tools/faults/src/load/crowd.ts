import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayPen, type Running } from '@skein/device-simulator';
import type { Random } from '../random.js';
import { crowd } from './crowd-manifests.js';
import { habitOf, reportsOf, type Habit } from './habits.js';

const lookEveryMs = 100;

/** What a device is about to say. */
interface Due {
  readonly renderedVersion: number;
  /** As `performance.now()` says. */
  readonly at: number;
}

/** The devices of the large fleet: made many at once, as the gateway writes them, and reporting in the same way. */
export class Crowd {
  private readonly habits = new Map<string, Habit>();
  /** The newest that each device has seen. */
  private readonly seen = new Map<string, number>();
  private readonly due = new Map<string, readonly Due[]>();
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  private constructor(
    private readonly pen: GatewayPen,
    private readonly random: Random,
  ) {}

  /** @param databaseUrl with the gateway's role */
  static async open(databaseUrl: string, redisUrl: string, random: Random): Promise<Crowd> {
    return new Crowd(await GatewayPen.open(databaseUrl, redisUrl), random);
  }

  /** Makes the devices, which report what they are to run from now on. */
  async start(): Promise<void> {
    const first = this.random.between(0, 1_000);
    const created = await this.pen.create(crowd());
    for (const [at, { uid }] of created.entries()) this.habits.set(uid, habitOf(at + first));
    this.running = this.live().catch((error: Error) => {
      this.failure = error;
    });
  }

  /** @throws when reports stopped coming */
  requireLiving(): void {
    if (this.failure) throw this.failure;
  }

  /** @throws when reports had stopped coming */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.pen.close();
    this.requireLiving();
  }

  private async live(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      for (const device of await this.pen.behind()) this.plan(device);
      await this.report();
      await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What it was about to say of something older it does not say any more. Other devices are none of ours. */
  private plan({ uid, renderedVersion }: Running): void {
    const habit = this.habits.get(uid);
    if (!habit || renderedVersion <= (this.seen.get(uid) ?? 0)) return;
    this.seen.set(uid, renderedVersion);
    const now = performance.now();
    const reports = reportsOf(habit, renderedVersion, this.random);
    this.due.set(
      uid,
      reports.map((report) => ({ ...report, at: now + report.afterMs })),
    );
  }

  /** One report of each device at the most. */
  private async report(): Promise<void> {
    const now = performance.now();
    const reports: Running[] = [];
    for (const [uid, [next, ...later]] of this.due) {
      if (next && next.at > now) continue;
      if (next) reports.push({ uid, renderedVersion: next.renderedVersion });
      if (later.length > 0) this.due.set(uid, later);
      else this.due.delete(uid);
    }
    await this.pen.report(reports);
  }
}
