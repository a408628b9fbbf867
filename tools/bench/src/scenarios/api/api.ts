import { alternate, type Measured } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Rate } from '../../rate.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import { DoorTurns, type Pair } from './door-turns.js';
import { CONCURRENCY, type DoorName } from './doors.js';
import { CLIENTS, WRITES_PER_SECOND, type Spread } from './fan-out.js';
import { loadNames, PAGE, type LoadName } from './loads.js';

type Part = LoadName | 'watch';
const parts: readonly Part[] = [...loadNames, 'watch'];

const names: Readonly<Record<LoadName, string>> = {
  get: 'one device',
  list: `a page of ${PAGE}, by a label`,
  create: 'a device is made',
  patch: 'a label is patched',
};

const of = ({ cpu }: Rate, process: string) => cpu?.[process] ?? Number.NaN;

/** Microseconds for one request: of the server's and PostgreSQL's processors, or of the clock where the kernel does not say. */
function costOf(rate: Rate): number {
  return rate.cpu ? of(rate, 'server') + of(rate, 'postgres') : 1e6 / rate.perSecond;
}

const tellOne = (rate: Rate) =>
  `${round(costOf(rate))} µs (server ${round(of(rate, 'server'))}, PostgreSQL ${round(of(rate, 'postgres'))}, ` +
  `load ${round(of(rate, 'requester'))}), ${round(rate.perSecond)} a second`;
const isPair = (value: Pair | Spread): value is Pair => 'skein' in value;

function tell(part: Part, value: Pair | Spread): string {
  if (!isPair(value))
    return `${part}: p50 ${round(value.p50, 1)} ms, p99 ${round(value.p99, 1)} ms`;
  return `${part}: Skein ${tellOne(value.skein)}; bare ${tellOne(value.bare)}`;
}

const middle = (pairs: readonly Pair[], door: DoorName, read: (rate: Rate) => number) =>
  round(median(pairs.map((pair) => read(pair[door]))));

function row(part: LoadName, door: DoorName, pairs: readonly Pair[]) {
  const label = door === 'skein' ? `Skein: ${names[part]}` : 'bare Fastify';
  const columns: ((rate: Rate) => number)[] = [
    costOf,
    (rate) => of(rate, 'server'),
    (rate) => of(rate, 'postgres'),
    ({ perSecond }) => perSecond,
  ];
  return [label, ...columns.map((read) => middle(pairs, door, read))];
}

/** What a request costs at the gateway by what it costs by hand: the median of the runs. */
export function ratioOf(pairs: readonly Pair[]): number {
  return round(median(pairs.map(({ skein, bare }) => costOf(skein) / costOf(bare))), 2);
}

function outcomeOf(measured: Measured<Part, Pair | Spread>): Outcome {
  const pairsOf = (part: LoadName) => measured[part]?.filter(isPair);
  const ratio = (part: LoadName) => {
    const pairs = pairsOf(part);
    return pairs && ratioOf(pairs);
  };
  const rows = loadNames.flatMap((part) => {
    const pairs = pairsOf(part);
    return pairs ? [row(part, 'skein', pairs), row(part, 'bare', pairs)] : [];
  });
  const delays = measured.watch
    ?.filter((value): value is Spread => !isPair(value))
    .map(({ p99 }) => p99);
  const heads = ['', 'µs', 'server', 'PostgreSQL', 'a second'];
  const how = `Processor's time of the server and of PostgreSQL for one request; ${CONCURRENCY} at a time.`;
  const watched = `Watch: ${CLIENTS} clients of one list, ${WRITES_PER_SECOND} writes a second; from the answer to a write until a client has it.`;
  return {
    text: `${table(heads, rows)}\n\n${how}\n${watched}`,
    figures: {
      ratioGet: ratio('get'),
      ratioList: ratio('list'),
      ratioCreate: ratio('create'),
      ratioPatch: ratio('patch'),
      watchFanoutP99Ms: delays && round(median(delays), 1),
    },
  };
}

async function run(bench: Bench): Promise<Outcome> {
  const turns = await DoorTurns.prepare(bench);
  const pair = (part: LoadName) => () => turns.pair(part);
  const measured = await alternate<Part, Pair | Spread>(
    bench,
    {
      get: pair('get'),
      list: pair('list'),
      create: pair('create'),
      patch: pair('patch'),
      watch: () => turns.watch(),
    },
    tell,
  );
  return outcomeOf(measured);
}

/** What requests cost at the gateway, beside a server by hand that does the same; and how soon those who watch are told. */
export const api: Scenario = {
  name: 'api',
  summary: 'requests beside bare Fastify with the same SQL by hand, and changes to 1,000 who watch',
  runs: 3,
  parts,
  devices: 10_000,
  run,
};
