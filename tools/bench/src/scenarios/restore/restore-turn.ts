import { perSecond, round } from '../../figures.js';
import type { Bench } from '../../scenario.js';
import { fill } from '../../skein/filling.js';
import { SkeinLog } from '../../skein/skein-log.js';
import { SkeinProcesses } from '../../skein/skein-processes.js';
import { Loss } from './loss.js';

/** Nothing that is measured is so slow. */
const SLOWEST_PER_SECOND = 2_000;

export interface Restored {
  /** From the loss until an event took effect that nobody had in hand. */
  readonly firstHandledSeconds: number;
  /** From the loss until all were handled. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Entries that were lost. */
  readonly inStream: number;
  /** Those of them that the consumer had read. */
  readonly inHand: number;
}

/** One backlog that is handled again and again, each time with new processes. */
export class RestoreTurns {
  private constructor(
    private readonly backlog: number,
    private readonly log: SkeinLog,
    private readonly processes: SkeinProcesses,
  ) {}

  static async prepare(bench: Bench, backlog: number): Promise<RestoreTurns> {
    const log = await SkeinLog.prepare(bench);
    const started = performance.now();
    await fill(log, backlog);
    bench.say(`filled in ${round((performance.now() - started) / 1_000)} s`);
    return new RestoreTurns(backlog, log, new SkeinProcesses(bench, log));
  }

  async measure(): Promise<Restored> {
    const loss = new Loss(this.log);
    await loss.unhandleAll();
    return this.processes.held(async ({ consumer }) => {
      await loss.streamFull();
      const started = performance.now();
      const { inStream, inHand } = await loss.happens();
      await consumer.call('release');
      await loss.handledMoreThan(inHand);
      const first = performance.now() - started;
      await this.log.acknowledged(
        this.backlog,
        (this.backlog / SLOWEST_PER_SECOND) * 1_000 + 60_000,
      );
      const all = performance.now() - started;
      await this.log.confirmed(this.backlog);
      const [firstHandledSeconds, seconds] = [first / 1_000, all / 1_000];
      const eventsPerSecond = perSecond(this.backlog, all);
      return { firstHandledSeconds, seconds, eventsPerSecond, inStream, inHand };
    });
  }
}
