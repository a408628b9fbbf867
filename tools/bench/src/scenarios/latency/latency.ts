import { alternate } from '../../alternate.js';
import type { Entered } from '../../engine.js';
import { median, percentile, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { SkeinLog } from '../../skein/skein-log.js';
import { SkeinProcesses } from '../../skein/skein-processes.js';
import { table } from '../../table.js';

const EVENTS_PER_SECOND = 500;
const WARM_UP_SECONDS = 2;
const SECONDS = 8;

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly largestMs: number;
}

/** Runs one after the other, each with new processes, on one log. */
class LatencyTurns {
  private last = 0;

  constructor(
    private readonly log: SkeinLog,
    private readonly processes: SkeinProcesses,
  ) {}

  measure(): Promise<Latency> {
    return this.processes.chain(async ({ appender, consumer }) => {
      const pass = async (seconds: number) => {
        const [from, count] = [this.last, seconds * EVENTS_PER_SECOND];
        this.last += count;
        const pacing = { from, count, perSecond: EVENTS_PER_SECOND };
        const acknowledged = await appender.call<number[]>('pace', pacing);
        await this.log.acknowledged(this.last);
        return { from, acknowledged };
      };
      await pass(WARM_UP_SECONDS);
      await consumer.call('take');
      const { from, acknowledged } = await pass(SECONDS);
      const entered = new Map(await consumer.call<Entered[]>('take'));
      return latencyOf(acknowledged.map((at, index) => entered.get(String(from + index))! - at));
    });
  }
}

function latencyOf(delays: readonly number[]): Latency {
  return {
    p50Ms: percentile(delays, 50),
    p99Ms: percentile(delays, 99),
    largestMs: percentile(delays, 100),
  };
}

async function run(bench: Bench): Promise<Outcome> {
  const log = await SkeinLog.prepare(bench);
  const turns = new LatencyTurns(log, new SkeinProcesses(bench, log));
  const { skein: runs = [] } = await alternate(
    bench,
    { skein: () => turns.measure() },
    (_part, { p50Ms, p99Ms }) => `p50 ${round(p50Ms, 2)} ms, p99 ${round(p99Ms, 2)} ms`,
  );
  const of = (read: (latency: Latency) => number) => round(median(runs.map(read)), 2);
  const figures = { p50Ms: of(({ p50Ms }) => p50Ms), p99Ms: of(({ p99Ms }) => p99Ms) };
  const row = ['commit to handler', figures.p50Ms, figures.p99Ms, of((one) => one.largestMs)];
  const text = `${table(['what', 'p50 ms', 'p99 ms', 'largest ms'], [row])}

From the acknowledgement of a commit until the handler is entered, at ${EVENTS_PER_SECOND} events per second,
each committed alone, for ${SECONDS} s; medians of all runs.`;
  return { text, figures };
}

/** How long it takes from a commit until its handler is entered. */
export const latency: Scenario = {
  name: 'latency',
  summary: `from a commit until its handler is entered, at ${EVENTS_PER_SECOND} events per second`,
  runs: 3,
  parts: ['skein'],
  run,
};
