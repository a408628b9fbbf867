import { median, round } from '../../figures.js';
import type { Rate } from '../../rate.js';

export interface Cost {
  /** Microseconds for one event: of CPU, of all processes; of time where the kernel does not say. Median. */
  readonly perEvent: number;
  /** The same, run by run. */
  readonly runs: readonly number[];
  /** Median. */
  readonly perSecond: number;
  /** `postgres 50, redis 9, …`, from the medians; empty where the kernel does not say. */
  readonly shares: string;
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** What an event cost in some runs, at least one. */
export function costOf(rates: readonly Rate[]): Cost {
  const runs = rates.map(({ cpu, perSecond }) =>
    cpu ? sumOf(Object.values(cpu)) : 1e6 / perSecond,
  );
  const names = Object.keys(rates[0]?.cpu ?? {});
  const share = (name: string) => round(median(rates.map(({ cpu }) => cpu?.[name] ?? 0)), 1);
  return {
    perEvent: round(median(runs), 2),
    runs,
    perSecond: median(rates.map(({ perSecond }) => perSecond)),
    shares: names.map((name) => `${name} ${share(name)}`).join(', '),
  };
}
