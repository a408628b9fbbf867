import type { Strategy } from './plan.js';
import { thresholdReached } from './threshold.js';

/** An active rollout and where its current batch stands. */
export interface RolloutState {
  readonly strategy: Strategy;
  /** The current batch, from 1. */
  readonly batch: number;
  readonly lastBatch: number;
  /** Planned, said to be due (`announced`), or with its devices selected (`dispatched`). */
  readonly phase: 'planned' | 'announced' | 'dispatched';
}

export interface Progress {
  /** Devices of the current batch. */
  readonly devices: number;
  /** Those of them that are updated. */
  readonly succeeded: number;
  /** Percent of them that must be. */
  readonly threshold: number;
  /** Whether any device that this rollout selected is not updated yet. */
  readonly unfinished: boolean;
}

export type Step =
  'selectDevices' | 'announceBatch' | 'completeBatch' | 'announceNext' | 'completeRollout';

/** Batches that are dispatched end at their threshold, the last one when every device of the rollout is updated. */
function afterDispatch({ batch, lastBatch }: RolloutState, progress: Progress): Step[] {
  if (batch >= lastBatch) return progress.unfinished ? [] : ['completeBatch', 'completeRollout'];
  const { succeeded, devices, threshold } = progress;
  return thresholdReached(succeeded, devices, threshold) ? ['completeBatch', 'announceNext'] : [];
}

/** What comes next for an active rollout; nothing while it waits for devices. */
export function nextSteps(rollout: RolloutState, progress: Progress): Step[] {
  if (rollout.phase === 'dispatched') return afterDispatch(rollout, progress);
  const batchwise = rollout.strategy === 'BatchSequence';
  return [batchwise && rollout.phase === 'planned' ? 'announceBatch' : 'selectDevices'];
}
