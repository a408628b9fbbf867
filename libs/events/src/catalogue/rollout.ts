import { define } from '../define.js';
import type { JsonObject } from '../envelope.js';

interface OfRollout {
  readonly fleet: string;
  /** Uid of the template version. */
  readonly templateVersion: string;
}

/** How many devices were selected and what became of them, when the event was said. */
export interface RolloutCounts {
  readonly devices: number;
  readonly updated: number;
  /** Their document could not be rendered, or they did not report it in time. */
  readonly failed: number;
}

/** What a rollout will do. Later changes of the policy are for the next rollout. */
export interface RolloutPlan {
  /** Batch n stands at n − 1; the last one takes all the rest. */
  readonly batches: readonly {
    readonly selector?: JsonObject;
    /** A number of devices, or a percentage of those that match. */
    readonly limit?: number | string;
    /** Percent of the batch's devices that must be updated before the next batch. */
    readonly threshold: number;
    /** The batch waits for a person; absent: it does not. */
    readonly approval?: 'Manual';
  }[];
  /** How long a device may take after its selection. */
  readonly updateTimeoutSeconds: number;
  readonly disruptionBudget: JsonObject | null;
  /** More than so many percent of failed devices stop the rollout; null: nothing does. */
  readonly errorThreshold: number | null;
}
export interface RolloutStarted extends OfRollout {
  readonly strategy: 'Immediate' | 'BatchSequence';
  /** Absent when it would be too large, and before 0.2. */
  readonly plan?: RolloutPlan;
}
export const rolloutStarted = define<RolloutStarted>('Rollout', 'skein.rollout.started.v1', [
  'fleet',
  'templateVersion',
  'strategy',
]);

export interface BatchDispatched extends OfRollout {
  /** Counts from 1. */
  readonly batch: number;
}
export const batchDispatched = define<BatchDispatched>(
  'Rollout',
  'skein.rollout.batch-dispatched.v1',
  ['fleet', 'templateVersion', 'batch'],
);

/** Devices that are to run the template version from now on. */
export interface DevicesSelected extends OfRollout {
  /** Null when the devices were selected outside of a batch. */
  readonly batch: number | null;
  readonly members: readonly { readonly device: string }[];
}
export const devicesSelected = define<DevicesSelected>(
  'Rollout',
  'skein.rollout.devices-selected.v1',
  ['fleet', 'templateVersion', 'batch', 'members'],
);

/** Devices that did not report their document in time. One that reports it later is updated after all. */
export interface DevicesTimedOut extends OfRollout {
  /** How long they had after their selection. */
  readonly timeoutSeconds: number;
  readonly members: readonly { readonly device: string; readonly batch: number | null }[];
}
export const devicesTimedOut = define<DevicesTimedOut>(
  'Rollout',
  'skein.rollout.devices-timed-out.v1',
  ['fleet', 'templateVersion', 'timeoutSeconds', 'members'],
);

/** A batch has reached its threshold: what becomes of its other devices holds nothing back. */
export interface BatchCompleted extends OfRollout, RolloutCounts {
  readonly batch: number;
  /** Percent that had to be updated. */
  readonly threshold: number;
}
export const batchCompleted = define<BatchCompleted>(
  'Rollout',
  'skein.rollout.batch-completed.v1',
  ['fleet', 'templateVersion', 'batch', 'devices', 'updated', 'failed', 'threshold'],
);

/**
 * It does not go on by itself. `SuccessThreshold`: none of the batch's devices is on its way, and too few are updated.
 * `Approval`: a person has to approve the batch before it begins.
 */
export interface RolloutWaiting extends OfRollout, RolloutCounts {
  readonly reason: 'SuccessThreshold' | 'Approval';
  /** For a person: what it waits for. */
  readonly message: string;
  readonly batch: number;
  readonly threshold: number;
}
export const rolloutWaiting = define<RolloutWaiting>('Rollout', 'skein.rollout.waiting.v1', [
  'fleet',
  'templateVersion',
  'reason',
  'message',
  'batch',
  'devices',
  'updated',
  'failed',
  'threshold',
]);

/** It selects nothing more; devices keep what they have. */
export interface RolloutStopped extends OfRollout, RolloutCounts {
  readonly reason: 'ErrorThreshold' | 'Aborted';
  /** For a person: why. */
  readonly message: string;
}
export const rolloutStopped = define<RolloutStopped>('Rollout', 'skein.rollout.stopped.v1', [
  'fleet',
  'templateVersion',
  'reason',
  'message',
  'devices',
  'updated',
  'failed',
]);

/** No device of it is on its way any more. The counts are absent before 0.2. */
export interface RolloutCompleted extends OfRollout, Partial<RolloutCounts> {}
export const rolloutCompleted = define<RolloutCompleted>('Rollout', 'skein.rollout.completed.v1', [
  'fleet',
  'templateVersion',
]);
/** Another rollout took its place, for a newer template version or one that somebody asked for; or its fleet was deleted. */
export interface RolloutSuperseded extends OfRollout {
  readonly reason: 'NewTemplateVersion' | 'Requested' | 'FleetDeleted';
}
export const rolloutSuperseded = define<RolloutSuperseded>(
  'Rollout',
  'skein.rollout.superseded.v1',
  ['fleet', 'templateVersion', 'reason'],
);
