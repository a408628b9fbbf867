import { alternate, type Measured } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import { CONNECTIONS_EACH, PROCESSES, WakingTurns, type Cost, type Way } from './waking-turn.js';

const names: Record<Way, string> = {
  nothing: 'nobody is woken',
  notify: 'NOTIFY in the transaction',
  publish: 'Redis PUBLISH after the commit',
};
const ways = Object.keys(names) as Way[];

function medianOf(costs: readonly Cost[]): Cost {
  const of = (read: (cost: Cost) => number) => median(costs.map(read));
  const delays = costs.flatMap(({ wakeMs }) => (wakeMs === undefined ? [] : [wakeMs]));
  return {
    commitsPerSecond: of(({ commitsPerSecond }) => commitsPerSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    wakeMs: delays.length > 0 ? median(delays) : undefined,
  };
}

type Costs = Measured<Way, Cost>;
type Medians = (readonly [Way, Cost])[];

const mediansOf = (costs: Costs): Medians =>
  ways.flatMap((way) => (costs[way] ? [[way, medianOf(costs[way])] as const] : []));

function textOf(medians: Medians, costs: Costs): string {
  const rows = medians.map(([way, { commitsPerSecond, p50Ms, p99Ms, wakeMs }]) => [
    names[way],
    round(commitsPerSecond),
    round(p50Ms, 2),
    round(p99Ms, 2),
    wakeMs === undefined ? '' : wakeMs.toFixed(2),
    costs[way]!.map((cost) => round(cost.commitsPerSecond)).join(' '),
  ]);
  const heads = ['how', 'commits/s', 'p50 ms', 'p99 ms', 'wake ms', 'runs'];
  const load = `${PROCESSES} processes with ${CONNECTIONS_EACH} connections each commit one small event at a time`;
  const wake =
    'Wake: from the acknowledgement of a single commit until the listener has heard of it.';
  return `${table(heads, rows)}\n\n${load}; medians of all runs.\n${wake}`;
}

function figuresOf(medians: Medians): Record<string, number | undefined> {
  const entries = medians.flatMap(([way, { commitsPerSecond, p50Ms, p99Ms, wakeMs }]) => [
    [`${way}PerSecond`, round(commitsPerSecond)],
    [`${way}P50Ms`, round(p50Ms, 2)],
    [`${way}P99Ms`, round(p99Ms, 2)],
    [`${way}WakeMs`, wakeMs && round(wakeMs, 2)],
  ]);
  return Object.fromEntries(entries) as Record<string, number | undefined>;
}

async function run(bench: Bench): Promise<Outcome> {
  const turns = await WakingTurns.prepare(bench);
  const measure = (way: Way) => () => turns.measure(way);
  const costs = await alternate(
    bench,
    { nothing: measure('nothing'), notify: measure('notify'), publish: measure('publish') },
    (way, cost) => `${names[way]}: ${round(cost.commitsPerSecond)} commits/s`,
  );
  const medians = mediansOf(costs);
  return { text: textOf(medians, costs), figures: figuresOf(medians) };
}

/** What it costs those who commit that the replayer is woken at once. */
export const waking: Scenario = {
  name: 'waking',
  summary: 'what waking the replayer costs those who commit: nothing, NOTIFY, Redis PUBLISH',
  runs: 9,
  parts: ways,
  run,
};
