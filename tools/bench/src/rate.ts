import { cpuOf } from './cpu.js';
import { perSecond } from './figures.js';

/** How fast something went, and what it cost. */
export interface Rate {
  readonly perSecond: number;
  /** Microseconds of CPU for each event, by process; undefined where the kernel does not say. */
  readonly cpu: Readonly<Record<string, number>> | undefined;
}

/** Measures some work on so many events, and what the processes use meanwhile. */
export async function rateOf(
  count: number,
  processes: Readonly<Record<string, number>>,
  work: () => Promise<unknown>,
): Promise<Rate> {
  const before = cpuOf(processes);
  const started = performance.now();
  await work();
  const milliseconds = performance.now() - started;
  const after = cpuOf(processes);
  const used = Object.keys(processes).map((name) => [
    name,
    ((after?.[name] ?? 0) - (before?.[name] ?? 0)) * (1_000 / count),
  ]);
  return {
    perSecond: perSecond(count, milliseconds),
    cpu: after && (Object.fromEntries(used) as Record<string, number>),
  };
}
