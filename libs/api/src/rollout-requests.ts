import { Resource } from './metadata.js';
import { Flag, NestedList, Text, TextList, Time, Whole } from './property.js';

const MAX_REASON_LENGTH = 1_024;

/** Why somebody pauses, resumes, approves, aborts or retries. */
export class RolloutActionRequest {
  @Text({ optional: true, maxLength: MAX_REASON_LENGTH })
  reason?: string;

  @Whole({ optional: true, min: 1, description: 'The last batch that is approved.' })
  batch?: number;
}

/** A rollout that somebody wants. */
export class RolloutRequest {
  @Text({ optional: true, description: 'Of the fleet; the newest one when absent.' })
  templateVersion?: string;

  @Flag({ optional: true, description: 'Without the batches of the policy.' })
  immediate?: boolean;

  @Text({ optional: true, maxLength: MAX_REASON_LENGTH })
  reason?: string;
}

/** Whether anything is dispatched in the organisation. */
export class Dispatching extends Resource {
  @Text({ oneOf: ['Dispatching'] })
  kind: 'Dispatching';

  @Flag({ description: 'True: no device is selected for anything.' })
  frozen: boolean;

  @Text({ optional: true, maxLength: MAX_REASON_LENGTH })
  reason?: string;

  @Text({ optional: true, description: 'Who switched it last.' })
  actor?: string;

  @Time({ optional: true, description: 'When it was switched last.' })
  since?: string;
}

/** A switch of the dispatching in the organisation. */
export class DispatchingRequest {
  @Flag()
  frozen: boolean;

  @Text({ optional: true, maxLength: MAX_REASON_LENGTH })
  reason?: string;
}

export class DryRunBatch {
  @Whole()
  batch: number;

  @Whole({ description: 'Devices of the fleet that match its selector.' })
  matching: number;

  @Whole({ description: 'How many of them it would take.' })
  devices: number;

  @Whole()
  successThreshold: number;

  @Text({ oneOf: ['Automatic', 'Manual'] })
  approval: 'Automatic' | 'Manual';

  @TextList({ description: 'The names of the first of them.' })
  names: string[];
}

export class SpecChange {
  @Text({ oneOf: ['added', 'removed', 'changed'] })
  what: 'added' | 'removed' | 'changed';

  @Text({ description: 'A JSON Pointer into the spec of the template.' })
  path: string;
}

/** What changes for the devices that have the same template version now. */
export class DryRunChange {
  @Text({ optional: true, description: 'Absent: they have none yet.' })
  from?: string;

  @Whole()
  devices: number;

  @NestedList(() => SpecChange)
  changes: SpecChange[];
}

/** What a rollout would do now. */
export class RolloutDryRun extends Resource {
  @Text({ oneOf: ['RolloutDryRun'] })
  kind: 'RolloutDryRun';

  @Text()
  fleet: string;

  @Text({ oneOf: ['Immediate', 'BatchSequence'] })
  strategy: 'Immediate' | 'BatchSequence';

  @NestedList(() => DryRunBatch)
  batches: DryRunBatch[];

  @NestedList(() => DryRunChange)
  changes: DryRunChange[];
}
