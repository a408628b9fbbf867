const UNITS = [3_600_000, 60_000, 1_000];
const DURATION = /^(?=\d)(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
/** A year. */
const LONGEST_MS = 8_760 * 3_600_000;

/** A duration such as `1h30m` or `90s` in milliseconds; undefined when the text is none, or not above 0 and at most a year. */
export function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1);
  const ms = parts?.reduce((sum, part, index) => sum + Number(part ?? 0) * UNITS[index]!, 0);
  return ms !== undefined && ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}
