import type { Child } from '../../child.js';
import type { Bench } from '../../scenario.js';
import { SkeinLog } from '../../skein/skein-log.js';
import { SkeinProcesses, type Chain } from '../../skein/skein-processes.js';
import { rateOf, type Rate } from './rate.js';
import { BATCH, SIZES, WARM_UP } from './sizes.js';

/** So many entries that a stream is never full. */
const ENDLESS_WINDOW = {
  SKEIN_STREAM_WINDOW: '100000000',
  SKEIN_STREAM_WINDOW_BYTES: '100000000000',
};

/** Skein's turns: each time new processes, on a log that grows from turn to turn. */
export class SkeinTurns {
  /** The number of the last event. */
  private last = 0;

  private constructor(
    private readonly bench: Bench,
    private readonly log: SkeinLog,
    private readonly processes: SkeinProcesses,
  ) {}

  static async prepare(bench: Bench): Promise<SkeinTurns> {
    const log = await SkeinLog.prepare(bench);
    return new SkeinTurns(bench, log, new SkeinProcesses(bench, log));
  }

  /** Append, number, publish, handle, acknowledge, all at the same time. */
  throughput(): Promise<Rate> {
    return this.processes.chain(async (chain) => {
      await this.pass(chain.appender, WARM_UP);
      const rate = await rateOf(SIZES.skein, this.pidsOf(chain), () =>
        this.pass(chain.appender, SIZES.skein),
      );
      await this.log.confirmed(this.last);
      return rate;
    });
  }

  /** From a full log into empty streams, after the first tenth. */
  async publishing(): Promise<Rate> {
    if (this.last < SIZES.publishing) await this.fill(SIZES.publishing - this.last);
    await this.log.forgetPublished(this.last - SIZES.publishing);
    const rate = await this.processes.replaying(ENDLESS_WINDOW, async (replayer) => {
      const before = await this.log.published(SIZES.publishing / 10);
      const pids = { ...this.bench.servers.processes, replayer: replayer.pid };
      const rest = SIZES.publishing - before;
      return rateOf(rest, pids, () => this.log.published(SIZES.publishing));
    });
    await this.log.forgetDeafService();
    return rate;
  }

  /** Appends and numbers, for whoever comes later. */
  private fill(count: number): Promise<void> {
    return this.processes.unheard(async (appender) => {
      await this.append(appender, count);
      await this.log.numbered(this.last);
    });
  }

  private async pass(appender: Child, count: number): Promise<void> {
    await this.append(appender, count);
    await this.log.acknowledged(this.last);
  }

  private async append(appender: Child, count: number): Promise<void> {
    const from = this.last;
    this.last += count;
    await appender.call('append', { from, count, batch: BATCH });
  }

  private pidsOf({ replayer, consumer, appender }: Chain): Record<string, number> {
    const pids = { replayer: replayer.pid, consumer: consumer.pid, appender: appender.pid };
    return { ...this.bench.servers.processes, ...pids };
  }
}
