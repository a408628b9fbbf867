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
  /** Whether it was said that the rollout does not go on by itself. */
  readonly standsStill: boolean;
  /** Whether it is paused, or nothing is dispatched in its organisation: no batch begins, and no device is selected. */
  readonly halted: boolean;
  /** Whether somebody has ended it. */
  readonly aborted: boolean;
  /** The batches that a person has not approved, and has to. */
  readonly unapproved: { readonly current: boolean; readonly next: boolean };
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
  | 'awaitApproval'
  | 'completeBatch'
  | 'announceNext'
  | 'awaitNext'
  | 'completeRollout'
  | 'standStill'
  | 'stop'
  | 'abort';

function failsTooOften({ ofRollout, errorThreshold }: Progress): boolean {
  return errorThresholdExceeded(ofRollout.failed, selectedOf(ofRollout), errorThreshold);
}

/** A batch that has not begun, or whose devices are still being named. */
function beginning({ strategy, phase, halted, unapproved, standsStill }: RolloutState): Step[] {
  if (halted) return [];
  if (phase === 'planned' && unapproved.current) return standsStill ? [] : ['awaitApproval'];
  const batchwise = strategy === 'BatchSequence';
  return [batchwise && phase === 'planned' ? 'announceBatch' : 'selectDevices'];
}

/** A batch before the last: over at its threshold; below it, it stands still once none of its devices is on its way. */
function afterBatch(
  { standsStill, halted, unapproved }: RolloutState,
  { ofBatch, threshold }: Progress,
): Step[] {
  if (thresholdReached(ofBatch.updated, devicesOf(ofBatch), threshold)) {
    if (halted) return [];
    return ['completeBatch', unapproved.next ? 'awaitNext' : 'announceNext'];
  }
  return allEnded(ofBatch) && !standsStill ? ['standStill'] : [];
}

/** What comes next for a running rollout; nothing while it waits for devices or people. */
export function nextSteps(rollout: RolloutState, progress: Progress): Step[] {
  const { batch, lastBatch, phase, aborted } = rollout;
  if (aborted) return ['abort'];
  if (failsTooOften(progress)) return ['stop'];
  if (phase !== 'dispatched') return beginning(rollout);
  if (batch < lastBatch) return afterBatch(rollout, progress);
  return allEnded(progress.ofRollout) ? ['completeBatch', 'completeRollout'] : [];
}
