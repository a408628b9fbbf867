import { BATCHES } from './manifests.js';

export interface BatchSize {
  /** From 1. */
  readonly batch: number;
  readonly devices: number;
}

/** What each batch of a rollout must take: a share counts the devices before it, and is rounded up. */
export function expectedBatches(devices: number): BatchSize[] {
  const upTo = [
    ...BATCHES.map((share) => Math.ceil((parseInt(share, 10) * devices) / 100)),
    devices,
  ];
  return upTo.map((count, at) => ({ batch: at + 1, devices: count - (upTo[at - 1] ?? 0) }));
}

/** For people, and to compare: `1: 20 devices, 2: 180 devices`. */
export function batchesText(sizes: readonly BatchSize[]): string {
  return sizes.map(({ batch, devices }) => `${batch}: ${devices} devices`).join(', ');
}
