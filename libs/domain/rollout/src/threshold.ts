import type { RolloutBatch, RolloutPolicy } from '@skein/domain-resource';
import { percentOf } from './percentage.js';

export const DEFAULT_THRESHOLD = '90%';

/** Percent of a batch's devices that must succeed: its own share, else the policy's, else 90. An unreadable one asks for all. */
export function thresholdOf(batch: RolloutBatch, policy: RolloutPolicy): number {
  const text = batch.successThreshold ?? policy.successThreshold ?? DEFAULT_THRESHOLD;
  return percentOf(text) ?? 100;
}

/** Whether so many of so many devices are at least that share, in percent. An empty batch has always reached it. */
export function thresholdReached(succeeded: number, devices: number, percent: number): boolean {
  return succeeded * 100 >= percent * devices;
}

/** Whether more than that share, in percent, of so many devices failed; never without a threshold. */
export function errorThresholdExceeded(
  failed: number,
  devices: number,
  percent: number | null,
): boolean {
  return percent !== null && failed * 100 > percent * devices;
}
