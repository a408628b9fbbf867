import type { RolloutBatch } from '@skein/domain-resource';
import { percentOf } from './percentage.js';

/** Devices of the fleet that match a batch's selector. */
export interface Matching {
  readonly devices: number;
  /** How many of them were selected for this template version before. */
  readonly selected: number;
}

function wanted(
  limit: NonNullable<RolloutBatch['limit']>,
  { devices, selected }: Matching,
): number {
  if (typeof limit === 'number') return limit;
  return Math.ceil(((percentOf(limit) ?? 0) * devices) / 100) - selected;
}

/**
 * How many devices a batch takes. A number is so many more; a share is reached together
 * with the devices selected before, rounded up. Without a limit it takes all that are
 * left, with an unreadable one none.
 */
export function limitOf(limit: RolloutBatch['limit'] | null, matching: Matching): number {
  const left = matching.devices - matching.selected;
  if (limit === undefined || limit === null) return left;
  return Math.max(0, Math.min(wanted(limit, matching), left));
}
