import { define } from '../define.js';

interface OfRollout {
  readonly fleet: string;
  /** Uid of the template version. */
  readonly templateVersion: string;
}
export interface RolloutStarted extends OfRollout {
  readonly strategy: 'Immediate' | 'BatchSequence';
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

export const rolloutCompleted = define<OfRollout>('Rollout', 'skein.rollout.completed.v1', [
  'fleet',
  'templateVersion',
]);
/** A newer template version took this rollout's place, or its fleet was deleted. */
export interface RolloutSuperseded extends OfRollout {
  readonly reason: 'NewTemplateVersion' | 'FleetDeleted';
}
export const rolloutSuperseded = define<RolloutSuperseded>(
  'Rollout',
  'skein.rollout.superseded.v1',
  ['fleet', 'templateVersion', 'reason'],
);
