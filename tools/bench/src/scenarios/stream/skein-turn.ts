import type { Child } from '../../child.js';
import type { Bench } from '../../scenario.js';
import { SkeinLog } from '../../skein/skein-log.js';
import { SkeinProcesses, type Chain } from '../../skein/skein-processes.js';
import { rateOf, type Rate } from '../../rate.js';
import { BATCH, SIZES, WARM_UP } from './sizes.js';

/** So many entries that a stream is never full. */
const ENDLESS_WINDOW = {
  SKEIN_STREAM_WINDOW: '100000000',
  SKEIN_STREAM_WINDOW_BYTES: '100000000000',
};

/** Skein's turns: each time new processes, on a log that grows from turn to turn. */
export class SkeinTurns {
  /** The number of the last event. */
  private last: number;

  private readonly processes: SkeinProcesses;

  /** @param filled how many events are in the log already, handled without effects */
  constructor(
    private readonly bench: Bench,
    private readonly log: SkeinLog,
    private readonly filled = 0,
  ) {
    this.last = filled;
    this.processes = new SkeinProcesses(bench, log);
  }

  static async prepare(bench: Bench): Promise<SkeinTurns> {
    return new SkeinTurns(bench, await SkeinLog.prepare(bench));
  }

  /** Append, number, publish, handle, acknowledge, all at the same time. */
  throughput({ warmUp, count } = { warmUp: WARM_UP, count: SIZES.skein as number }): Promise<Rate> {
    return this.processes.chain(async (chain) => {
      await this.pass(chain.appender, warmUp);
      const rate = await rateOf(count, this.pidsOf(chain), () => this.pass(chain.appender, count));
      await this.log.confirmed(this.last, this.last - this.filled);
      return rate;
    });
  }

  /** The streams of another log may be in Redis. */
  forgetStreams(): Promise<void> {
    return this.log.forgetStreams();
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
