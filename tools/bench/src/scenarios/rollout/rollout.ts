import { median, perSecond, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { peaksOf, secondsOf, textOf, usedOf, type Measured } from './report.js';
import { CHANGE } from './steps.js';
import { takeTurn, type Turn } from './turn.js';

const DEVICES = 100_000;
/** How many times fewer devices there are beforehand, for growth. */
const FEWER = 10;
const parts = ['growth', 'template', 'relabel', 'batched'];

/** With a tenth of the devices; undefined when that is not wanted. */
async function small(bench: Bench, run: number, devices: number): Promise<Turn | undefined> {
  if (!bench.parts.includes('growth')) return undefined;
  bench.say(`run ${run}, with ${devices} devices`);
  return takeTurn(bench, { database: `few_${run}`, devices, relabel: false, batched: false });
}

function large(bench: Bench, run: number, devices: number): Promise<Turn> {
  bench.say(`run ${run}, with ${devices} devices`);
  const [relabel, batched] = ['relabel', 'batched'].map((part) => bench.parts.includes(part));
  const wanted = { relabel: relabel!, batched: batched! };
  return takeTurn(bench, { database: `many_${run}`, devices, ...wanted });
}

/** Time for each device with all of them, over that with fewer. */
function growthOf(many: Measured, few: Measured): number | undefined {
  const each = (measured: Measured) => {
    const seconds = secondsOf(measured, CHANGE);
    return seconds && seconds / measured.devices;
  };
  const [after, before] = [each(many), each(few)];
  return after && before && round(after / before, 3);
}

const rounded = (value: number | undefined) => value && round(value, 2);

/** For 1,000 devices, medians of all runs. */
function usedFor(thousands: number, turns: readonly Turn[]) {
  const events = median(turns.map((turn) => usedOf(turn).events));
  const calls = turns.flatMap((turn) => usedOf(turn).statements?.calls ?? []);
  return {
    eventsPer1000: round(events / thousands, 1),
    statementsPer1000: calls.length > 0 ? round(median(calls) / thousands, 1) : undefined,
  };
}

function figuresOf(many: Measured, few: Measured, distinct: boolean): Outcome['figures'] {
  const { devices, turns } = many;
  const seconds = secondsOf(many, CHANGE)!;
  const peaks = [...turns, ...few.turns].flatMap((turn) => Object.values(peaksOf(turn)));
  return {
    devices,
    distinct,
    seconds: round(seconds, 2),
    devicesPerSecond: round(perSecond(devices, seconds * 1_000)),
    maxRssMb: peaks.length > 0 ? round(Math.max(...peaks)) : undefined,
    growth: growthOf(many, few),
    createSeconds: rounded(secondsOf(many, 'devices created')),
    matchSeconds: rounded(secondsOf(many, 'matched')),
    firstSeconds: rounded(secondsOf(many, 'first documents')),
    relabelSeconds: rounded(secondsOf(many, 'a tenth relabelled')),
    backSeconds: rounded(secondsOf(many, 'and back')),
    reportSeconds: rounded(secondsOf(many, 'all report')),
    batchedSeconds: rounded(secondsOf(many, 'batched rollout')),
    ...usedFor(devices / 1_000, turns),
    warnings: turns.reduce((sum, { warnings }) => sum + warnings.length, 0),
  };
}

async function run(bench: Bench): Promise<Outcome> {
  const { devices = DEVICES, distinct } = bench;
  const fewer = Math.ceil(devices / FEWER);
  const [few, many]: [Turn[], Turn[]] = [[], []];
  for (let number = 1; number <= bench.runs; number += 1) {
    const turn = await small(bench, number, fewer);
    if (turn) few.push(turn);
    many.push(await large(bench, number, devices));
  }
  const measured = { devices, turns: many };
  const before = { devices: fewer, turns: few };
  const text = few.length > 0 ? `${textOf(before)}\n\n${textOf(measured)}` : textOf(measured);
  return { text, figures: figuresOf(measured, before, distinct) };
}

/** How soon all devices of a fleet have a new document, with all services and servers. */
export const rollout: Scenario = {
  name: 'rollout',
  summary: 'from a new template until all devices of a fleet have their documents, all services on',
  runs: 1,
  parts,
  devices: DEVICES,
  settings: { shared_preload_libraries: 'pg_stat_statements' },
  run,
};
