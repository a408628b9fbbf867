export interface CheckSchedule {
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  /** Between 0 and 1, drawn anew for each wait. */
  readonly random: number;
}

/** A repository that cannot be read is asked again at least this often, unless the interval is longer. */
const LONGEST_WAIT_MS = 600_000;

/** Milliseconds from a check to the next one: the interval ± 10 %. */
export function nextCheckMs({ intervalMs, random }: CheckSchedule): number {
  return Math.round(intervalMs * (0.9 + 0.2 * random));
}

/** After a check that somebody asked for: anywhere in the interval, so that what is made at once is not checked at once for ever. */
export function firstCheckMs({ intervalMs, random }: CheckSchedule): number {
  return Math.round(intervalMs * (0.1 + 0.9 * random));
}

/** After so many checks in a row that could not read it: the interval, doubled with each, ± 10 %, up to ten minutes. */
export function failedCheckMs(failed: number, { intervalMs, random }: CheckSchedule): number {
  const longest = Math.max(LONGEST_WAIT_MS, intervalMs);
  const doubled = Math.min(intervalMs * 2 ** Math.max(failed - 1, 0), longest);
  return Math.min(Math.round(doubled * (0.9 + 0.2 * random)), longest);
}
