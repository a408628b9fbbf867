import { alternate } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Rate } from '../../rate.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import { DoorTurns, type Pair } from './door-turns.js';
import { CONCURRENCY, type DoorName } from './doors.js';
import { loadNames, PAGE, type LoadName } from './loads.js';

const names: Readonly<Record<LoadName, string>> = {
  get: 'one device',
  list: `a page of ${PAGE}, by a label`,
  create: 'a device is made',
  patch: 'a label is patched',
};

const of = ({ cpu }: Rate, process: string) => cpu?.[process] ?? Number.NaN;

/** Microseconds of the machine for one request: of processors where the kernel says them, else of the clock. */
export function costOf(rate: Rate): number {
  return rate.cpu ? of(rate, 'server') + of(rate, 'postgres') : 1e6 / rate.perSecond;
}

const tellOne = (rate: Rate) =>
  `${round(costOf(rate))} µs (server ${round(of(rate, 'server'))}, PostgreSQL ${round(of(rate, 'postgres'))}, ` +
  `load ${round(of(rate, 'requester'))}), ${round(rate.perSecond)} a second`;
const tell = (part: LoadName, { skein, bare }: Pair) =>
  `${part}: Skein ${tellOne(skein)}; bare ${tellOne(bare)}`;

const middle = (pairs: readonly Pair[], door: DoorName, read: (rate: Rate) => number) =>
  round(median(pairs.map((pair) => read(pair[door]))));

function row(part: LoadName, door: DoorName, pairs: readonly Pair[]) {
  const [server, postgres] = ['server', 'postgres'].map((process) =>
    middle(pairs, door, (rate) => of(rate, process)),
  );
  const label = door === 'skein' ? `Skein: ${names[part]}` : 'bare Fastify';
  const speed = middle(pairs, door, ({ perSecond }) => perSecond);
  return [label, middle(pairs, door, costOf), server!, postgres!, speed];
}

const ratioOf = (pairs: readonly Pair[] | undefined) =>
  pairs && round(median(pairs.map(({ skein, bare }) => costOf(skein) / costOf(bare))), 2);

async function run(bench: Bench): Promise<Outcome> {
  const turns = await DoorTurns.prepare(bench);
  const measured = await alternate<LoadName, Pair>(
    bench,
    {
      get: () => turns.pair('get'),
      list: () => turns.pair('list'),
      create: () => turns.pair('create'),
      patch: () => turns.pair('patch'),
    },
    tell,
  );
  const rows = loadNames.flatMap((part) => {
    const pairs = measured[part];
    return pairs ? [row(part, 'skein', pairs), row(part, 'bare', pairs)] : [];
  });
  const heads = ['', 'µs', 'server', 'PostgreSQL', 'a second'];
  const how = `Processor's time of the server and of PostgreSQL for one request; ${CONCURRENCY} at a time.`;
  return {
    text: `${table(heads, rows)}\n\n${how}`,
    figures: {
      ratioGet: ratioOf(measured.get),
      ratioList: ratioOf(measured.list),
      ratioCreate: ratioOf(measured.create),
      ratioPatch: ratioOf(measured.patch),
    },
  };
}

/** What a request costs at the gateway, beside a server by hand that does the same. */
export const api: Scenario = {
  name: 'api',
  summary: 'what requests cost at the gateway, beside bare Fastify with the same SQL by hand',
  runs: 3,
  parts: loadNames,
  devices: 10_000,
  run,
};
