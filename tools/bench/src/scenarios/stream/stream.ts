import { alternate, type Measured } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import type { Rate } from '../../rate.js';
import { RivalTurns } from './rival-turn.js';
import { BATCH, SIZES } from './sizes.js';
import { SkeinTurns } from './skein-turn.js';

type Part = keyof typeof SIZES;
type Rates = Measured<Part, Rate>;

const names: Record<Part, string> = {
  skein: 'Skein, append to acknowledge',
  publishing: 'Skein, publishing alone',
  bullmq: 'BullMQ, addBulk to completed',
  graphile: 'graphile-worker, addJobs to completed',
  rawXadd: 'ioredis, XADD in pipelines',
};
const parts = Object.keys(names) as Part[];

const speedOf = (rates: readonly Rate[]) => median(rates.map(({ perSecond }) => perSecond));

/** `110: postgres 50, redis 9, …`, from the medians. */
function costOf(rates: readonly Rate[]): string {
  const costs = rates.flatMap(({ cpu }) => (cpu ? [cpu] : []));
  if (costs.length === 0) return '';
  const shares = Object.keys(costs[0]!).map(
    (name) => [name, median(costs.map((cost) => cost[name]!))] as const,
  );
  const total = shares.reduce((sum, [, share]) => sum + share, 0);
  return `${round(total)}: ${shares.map(([name, share]) => `${name} ${round(share)}`).join(', ')}`;
}

function textOf(rates: Rates): string {
  const measured = parts.flatMap((part) => (rates[part] ? [[part, rates[part]] as const] : []));
  const rows = measured.map(([part, of]) => [
    names[part],
    round(speedOf(of)),
    of.map(({ perSecond }) => round(perSecond)).join(' '),
    SIZES[part],
    costOf(of),
  ]);
  const heads = ['what', 'per second', 'runs', 'in one run', 'CPU for each, in µs'];
  return `${table(heads, rows)}\n\nIn batches of ${BATCH}; medians of all runs.`;
}

/** What was not measured is left out. */
function figuresOf(rates: Rates): Record<string, number | undefined> {
  const of = (part: Part) => rates[part] && round(speedOf(rates[part]));
  const [skein, bullmq] = [of('skein'), of('bullmq')];
  return {
    eventsPerSecond: skein,
    bullmqPerSecond: bullmq,
    ratioBullmq: skein && bullmq && round(skein / bullmq, 2),
    graphilePerSecond: of('graphile'),
    publishPerSecond: of('publishing'),
    rawXaddPerSecond: of('rawXadd'),
  };
}

async function run(bench: Bench): Promise<Outcome> {
  const skein = await SkeinTurns.prepare(bench);
  const rivals = await RivalTurns.prepare(bench);
  const turns: Record<Part, () => Promise<Rate>> = {
    skein: () => skein.throughput(),
    publishing: () => skein.publishing(),
    bullmq: () => rivals.throughput('bullmq'),
    graphile: () => rivals.throughput('graphile'),
    rawXadd: () => rivals.throughput('rawXadd'),
  };
  const rates = await alternate(
    bench,
    turns,
    (part, rate) => `${names[part]}: ${round(rate.perSecond)}/s`,
  );
  return { text: textOf(rates), figures: figuresOf(rates) };
}

/** How many events a second go all the way, beside others that do the same. */
export const stream: Scenario = {
  name: 'stream',
  summary: 'events per second, all the way, beside BullMQ, graphile-worker and plain XADD',
  runs: 3,
  parts,
  run,
};
