import { alternate } from '../../alternate.js';
import { median, round } from '../../figures.js';
import type { Bench, Outcome, Scenario } from '../../scenario.js';
import { table } from '../../table.js';
import { RestoreTurns, type Restored } from './restore-turn.js';

const BACKLOG = 1_000_000;

function outcomeOf(backlog: number, runs: readonly Restored[]): Outcome {
  const of = (read: (run: Restored) => number) => median(runs.map(read));
  const firstHandledSeconds = round(
    of((run) => run.firstHandledSeconds),
    2,
  );
  const eventsPerSecond = round(of((run) => run.eventsPerSecond));
  const row = [
    ...[backlog, firstHandledSeconds, eventsPerSecond],
    ...[round(of((run) => run.seconds)), of((run) => run.inStream), of((run) => run.inHand)],
  ];
  const heads = [
    'backlog',
    'first after s',
    'per second',
    'all after s',
    'were in Redis',
    'in hand',
  ];
  const text = `${table(heads, [row])}

From FLUSHALL on: until the effect of an event is committed that no consumer had in hand at that time, and until
all are handled and acknowledged; medians of all runs.`;
  return { text, figures: { backlog, firstHandledSeconds, eventsPerSecond } };
}

async function run(bench: Bench): Promise<Outcome> {
  const backlog = bench.events ?? BACKLOG;
  const turns = await RestoreTurns.prepare(bench, backlog);
  const { skein = [] } = await alternate(
    bench,
    { skein: () => turns.measure() },
    (_part, { firstHandledSeconds, eventsPerSecond }) =>
      `first after ${round(firstHandledSeconds, 2)} s, ${round(eventsPerSecond)}/s`,
  );
  return outcomeOf(backlog, skein);
}

/** How a service gets on when its streams are lost while it has a backlog. */
export const restore: Scenario = {
  name: 'restore',
  summary:
    'Redis is emptied while a service has a backlog: until the first event, and until all are handled',
  runs: 3,
  parts: ['skein'],
  events: BACKLOG,
  run,
};
