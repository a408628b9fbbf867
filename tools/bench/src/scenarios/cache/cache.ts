import { alternate } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import { ASKERS, CacheTurns, IN_FLIGHT, PROCESSES, type Cost, type Miss } from './cache-turns.js';

const names = {
  get: 'GET of the same client library',
  hit: 'a hit',
  secret: 'a hit of a secret',
  miss: `a miss, ${ASKERS} askers`,
};
type Part = keyof typeof names;
const parts = Object.keys(names) as Part[];

const isMiss = (value: Cost | Miss): value is Miss => 'fetches' in value;
const sizeOf = (value: Cost | Miss) => (isMiss(value) ? value.milliseconds : value.microseconds);
const unitOf = (value: Cost | Miss) => (isMiss(value) ? 'ms' : 'µs');

function tell(part: Part, value: Cost | Miss): string {
  const more = isMiss(value) ? `, ${value.fetches} fetched` : '';
  return `${names[part]}: ${round(sizeOf(value), 2)} ${unitOf(value)}${more}`;
}

async function run(bench: Bench): Promise<Outcome> {
  const turns = await CacheTurns.prepare(bench);
  const measured = await alternate<Part, Cost | Miss>(
    bench,
    {
      get: () => turns.get(),
      hit: () => turns.hit('plain'),
      secret: () => turns.hit('secret'),
      miss: () => turns.miss(),
    },
    tell,
  );
  const rows = parts.flatMap((part) => {
    const values = measured[part] ?? [];
    if (values.length === 0) return [];
    const runs = values.map((value) => round(sizeOf(value), 2)).join(' ');
    return [[names[part], round(median(values.map(sizeOf)), 2), unitOf(values[0]!), runs]];
  });
  const of = (part: Part) => measured[part] && median(measured[part].map(sizeOf));
  const ratio = (part: Part) => {
    const [own, plain] = [of(part), of('get')];
    return own === undefined || plain === undefined ? undefined : round(own / plain, 3);
  };
  const misses = (measured.miss ?? []).filter(isMiss);
  const how = `Hits: 1,000 bytes, ${IN_FLIGHT} questions of one process open at a time; the time for one.`;
  const missing = `Misses: ${ASKERS} askers in ${PROCESSES} processes at once, fetching takes 100 ms; until the last has it.`;
  return {
    text: `${table(['what', 'median', '', 'runs'], rows)}\n\n${how}\n${missing}`,
    figures: {
      hitRatio: ratio('hit'),
      secretRatio: ratio('secret'),
      fetches: misses.length > 0 ? Math.max(...misses.map(({ fetches }) => fetches)) : undefined,
      missMs: of('miss') && round(of('miss')!, 1),
    },
  };
}

/** What a hit costs beside a plain GET, and how often a content is fetched that many ask for at once. */
export const cache: Scenario = {
  name: 'cache',
  summary: 'a hit of the cache beside a plain GET, and a miss that many ask for at once',
  runs: 5,
  parts,
  run,
};
