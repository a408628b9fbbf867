import { alternate, type Measured } from '../../alternate.js';
import { round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { fill, passOver } from '../../skein/filling.js';
import { SkeinLog } from '../../skein/skein-log.js';
import { table } from '../../table.js';
import type { Rate } from '../../rate.js';
import { SkeinTurns } from '../stream/skein-turn.js';
import { costOf, type Cost } from './cost.js';

type Part = 'small' | 'large';

const EVENTS = 3_000_000;
const SMALL = 10_000;
/** The first events of a small log are the first ones of their devices; the turn begins after those. */
const TURN = { warmUp: 10_000, count: 50_000 };
const parts: Part[] = ['small', 'large'];

/** A log with so many events, all handled. */
async function logOf(bench: Bench, name: string, count: number): Promise<SkeinTurns> {
  const log = await SkeinLog.prepare(bench, name);
  await fill(log, count);
  await passOver(log, count);
  return new SkeinTurns(bench, log, count);
}

async function turnsOn(bench: Bench, events: number): Promise<Record<Part, () => Promise<Rate>>> {
  const started = performance.now();
  const large = await logOf(bench, 'large', events);
  bench.say(`filled in ${round((performance.now() - started) / 1_000)} s`);
  let logs = 0;
  const turn = async (turns: SkeinTurns) => {
    await turns.forgetStreams();
    return turns.throughput(TURN);
  };
  return {
    // A new one each time: it must not grow.
    small: async () => turn(await logOf(bench, `small_${(logs += 1)}`, SMALL)),
    large: () => turn(large),
  };
}

function rowOf(events: number, { perEvent, perSecond, shares, runs }: Cost) {
  const each = runs.map((run) => round(run, 1)).join(' ');
  return [round(events), round(perEvent, 1), each, round(perSecond), shares];
}

function outcomeOf(events: number, { small = [], large = [] }: Measured<Part, Rate>): Outcome {
  const sizes = [
    [SMALL, small],
    [events, large],
  ] as const;
  const measured = sizes.filter(([, rates]) => rates.length > 0);
  const rows = measured.map(([count, rates]) => rowOf(count, costOf(rates)));
  const heads = ['events in the log', 'µs for each', 'runs', 'per second', 'by process'];
  const text = `${table(heads, rows)}

Microseconds of CPU of all processes for one event, from append to acknowledge (of time, where the kernel does not
say); ${TURN.count} events in each run; medians.`;
  const of = (rates: readonly Rate[]) => (rates.length > 0 ? costOf(rates).perEvent : undefined);
  const [before, after] = [of(small), of(large)];
  const costRatio = before && after && round(after / before, 3);
  return { text, figures: { costRatio, small: before, large: after, events } };
}

async function run(bench: Bench): Promise<Outcome> {
  const events = bench.events ?? EVENTS;
  const rates = await alternate(
    bench,
    await turnsOn(bench, events),
    (part, rate) => `${part}: ${round(costOf([rate]).perEvent, 1)} µs, ${round(rate.perSecond)}/s`,
  );
  return outcomeOf(events, rates);
}

/** Whether handling becomes dearer as the log grows. */
export const logSize: Scenario = {
  name: 'log-size',
  summary: `the cost of handling an event with a large log, beside a log of ${SMALL} events`,
  runs: 5,
  parts,
  events: EVENTS,
  run,
};
