import { allEnded, devicesOf, selectedOf, type Outcomes } from './outcomes.js';
import type { Strategy } from './plan.js';
import { errorThresholdExceeded, thresholdReached } from './threshold.js';

/** A running rollout and where its current batch stands. */
export interface RolloutState {
  readonly strategy: Strategy;
  /** The current batch, from 1. */
  readonly batch: number;
  readonly lastBatch: number;
  /** Planned, said to be due (`announced`) while its devices are named, or with all of them named (`dispatched`). */
  readonly phase: 'planned' | 'announced' | 'dispatched';
  /** Whether it was said that the batch stands still. */
  readonly standsStill: boolean;
}

export interface Progress {
  /** Devices of the current batch. */
  readonly ofBatch: Outcomes;
  /** All devices of the rollout. */
  readonly ofRollout: Outcomes;
  /** Percent of the batch's devices that must be updated. */
  readonly threshold: number;
  /** More than so many percent of failed devices stop the rollout; null: nothing does. */
  readonly errorThreshold: number | null;
}

export type Step =
  | 'selectDevices'
  | 'announceBatch'
  | 'completeBatch'
  | 'announceNext'
  | 'completeRollout'
  | 'standStill'
  | 'stop';

function failsTooOften({ ofRollout, errorThreshold }: Progress): boolean {
  return errorThresholdExceeded(ofRollout.failed, selectedOf(ofRollout), errorThreshold);
}

/** A batch before the last: over at its threshold; below it, it stands still once none of its devices is on its way. */
function afterBatch({ standsStill }: RolloutState, { ofBatch, threshold }: Progress): Step[] {
  if (thresholdReached(ofBatch.updated, devicesOf(ofBatch), threshold)) {
    return ['completeBatch', 'announceNext'];
  }
  return allEnded(ofBatch) && !standsStill ? ['standStill'] : [];
}

/** What comes next for a running rollout; nothing while it waits for devices. */
export function nextSteps(rollout: RolloutState, progress: Progress): Step[] {
  const { strategy, batch, lastBatch, phase } = rollout;
  if (failsTooOften(progress)) return ['stop'];
  if (phase !== 'dispatched') {
    const batchwise = strategy === 'BatchSequence';
    return [batchwise && phase === 'planned' ? 'announceBatch' : 'selectDevices'];
  }
  if (batch < lastBatch) return afterBatch(rollout, progress);
  return allEnded(progress.ofRollout) ? ['completeBatch', 'completeRollout'] : [];
}
