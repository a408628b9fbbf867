const HOUR_MS = 3_600_000;

export interface BackoffSettings {
  readonly baseMs: number;
  /** Between 0 and 1, drawn anew for each wait. */
  readonly random: number;
}

/** Milliseconds to wait before the next try, after so many failed ones: base · 2^(failed−1) ± 10 %, at most an hour. */
export function backoffMs(failed: number, { baseMs, random }: BackoffSettings): number {
  const exact = Math.min(baseMs * 2 ** Math.max(failed - 1, 0), HOUR_MS);
  return Math.min(Math.round(exact * (0.9 + 0.2 * random)), HOUR_MS);
}
