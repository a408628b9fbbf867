const firstMs = 100;
const longestMs = 5_000;

/** Milliseconds before the next try: doubles with each failure, and half of it is luck, so that devices spread. */
export function backoffMs(failures: number, luck: number = Math.random()): number {
  const full = Math.min(longestMs, firstMs * 2 ** failures);
  return Math.round(full / 2 + (full / 2) * luck);
}
