import { DisruptionBudget, LabelSelector } from './fleets.js';
import { ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Decimal, Flag, Nested, NestedList, Text, Time, Whole } from './property.js';

const OUTCOMES = ['held', 'waiting', 'updated', 'failed'] as const;
export type DeviceOutcome = (typeof OUTCOMES)[number];

/** What became of devices. */
export class RolloutCount {
  @Whole({ description: 'Named, and not selected yet.' })
  held: number;

  @Whole({ description: 'Selected, and neither updated nor failed.' })
  waiting: number;

  @Whole({ description: 'They report the document that was rendered for them.' })
  updated: number;

  @Whole({ description: 'Their document could not be rendered, or was not reported in time.' })
  failed: number;
}

export class RolloutBatchStatus {
  @Whole({ description: 'Counts from 1; the last one takes all the rest.' })
  batch: number;

  @Text({ oneOf: ['Planned', 'Selecting', 'Dispatched', 'Completed'] })
  state: 'Planned' | 'Selecting' | 'Dispatched' | 'Completed';

  @Nested(() => LabelSelector, { optional: true })
  selector?: LabelSelector;

  @Text({ optional: true, description: 'So many devices, or a percentage of those that match.' })
  limit?: string;

  @Whole({ description: 'Percent of its devices that must be updated before the next batch.' })
  successThreshold: number;

  @Text({ oneOf: ['Automatic', 'Manual'] })
  approval: 'Automatic' | 'Manual';

  @Nested(() => RolloutCount)
  devices: RolloutCount;

  @Time({ optional: true })
  dispatchedAt?: string;

  @Time({ optional: true })
  completedAt?: string;
}

/** Something that waits: the rollout, one of its batches, a group of its disruption budget, or a device. */
export class RolloutWait {
  @Text({ oneOf: ['Rollout', 'Batch', 'Group', 'Device'] })
  kind: 'Rollout' | 'Batch' | 'Group' | 'Device';

  @Text({
    description: 'Of the batch its number, of the group its labels, of the device its name.',
  })
  name: string;

  @Text({ description: 'One word, for programs.' })
  reason: string;

  @Text({ description: 'A sentence, for people: what it waits for.' })
  message: string;

  @Time()
  since: string;
}

export class RolloutSpec {
  @Text()
  fleet: string;

  @Text()
  templateVersion: string;

  @Text({ oneOf: ['Immediate', 'BatchSequence'] })
  strategy: 'Immediate' | 'BatchSequence';

  @Decimal({ description: 'How long a device may take after its selection, in seconds.' })
  updateTimeoutSeconds: number;

  @Nested(() => DisruptionBudget, { optional: true })
  disruptionBudget?: DisruptionBudget;

  @Whole({ optional: true, description: 'More than so many percent of failed devices stop it.' })
  errorThreshold?: number;
}

export class RolloutStatus {
  @Text({ oneOf: ['Active', 'Waiting', 'Completed', 'Stopped', 'Superseded'] })
  state: 'Active' | 'Waiting' | 'Completed' | 'Stopped' | 'Superseded';

  @Text({ optional: true, description: 'Why it is in its state, in one word.' })
  reason?: string;

  @Text({ optional: true, description: 'Why it is in its state, for people.' })
  message?: string;

  @Flag({ description: 'Whether it is the latest one of its fleet.' })
  latest: boolean;

  @Whole()
  currentBatch: number;

  @Nested(() => RolloutCount)
  devices: RolloutCount;

  @NestedList(() => RolloutBatchStatus, { optional: true })
  batches?: RolloutBatchStatus[];

  @NestedList(() => RolloutWait, { optional: true })
  waits?: RolloutWait[];

  @Whole({ optional: true, description: 'Waiting devices that are not among the waits.' })
  furtherWaits?: number;

  @Time({ optional: true })
  endedAt?: string;
}

/** How a template version is spread over its fleet. Its name is its uid. */
export class Rollout extends Resource {
  @Text({ oneOf: ['Rollout'] })
  kind: 'Rollout';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => RolloutSpec)
  spec: RolloutSpec;

  @Nested(() => RolloutStatus)
  status: RolloutStatus;
}

export class RolloutList extends Resource {
  @Text({ oneOf: ['RolloutList'] })
  kind: 'RolloutList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Rollout)
  items: Rollout[];
}

export class RolloutDevice {
  @Text()
  name: string;

  @Text({ oneOf: OUTCOMES })
  outcome: DeviceOutcome;

  @Whole({ optional: true, description: 'Absent for devices that were selected on their own.' })
  batch?: number;

  @Text({ description: 'Why, in one word.' })
  reason: string;

  @Text({ description: 'Why, for people.' })
  message: string;

  @Time()
  since: string;

  @Time({ optional: true, description: 'When it fails unless it is updated.' })
  deadline?: string;
}

export class RolloutDeviceList extends Resource {
  @Text({ oneOf: ['RolloutDeviceList'] })
  kind: 'RolloutDeviceList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => RolloutDevice)
  items: RolloutDevice[];
}
