import type { Entry } from './reader.js';

/**
 * The first of the entries that are handled together, in one transaction: as many as fit
 * into the bytes, at least one. One that was delivered before stands alone.
 */
export function nextPortion(entries: readonly Entry[], bytes: number): readonly Entry[] {
  let sum = 0;
  const end = entries.findIndex((entry, at) => {
    sum += entry.bytes;
    return at > 0 && (sum > bytes || entry.again || entries[0]!.again);
  });
  return end < 0 ? entries : entries.slice(0, end);
}
