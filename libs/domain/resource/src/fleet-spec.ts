import type { DeviceSpec } from './device-spec.js';
import type { LabelSelector } from './label-selector.js';
import type { ObjectMeta } from './metadata.js';

export interface DisruptionBudget {
  /** Label keys; each distinct tuple of their values is a group with this budget. */
  groupBy?: string[];
  /** At least this many devices of a group stay available. */
  minAvailable?: number;
  /** At most this many devices of a group are unavailable at once. */
  maxUnavailable?: number;
}

/** A share in percent, such as `90%`. */
export type Percentage = string;

export type Approval = 'Automatic' | 'Manual';

export interface RolloutBatch {
  selector?: LabelSelector;
  successThreshold?: Percentage;
  /** A number of devices or a share of those that match. */
  limit?: Percentage | number;
  /** Whether a person has to approve it before it begins; as the policy says when absent. */
  approval?: Approval;
}

export interface RolloutPolicy {
  disruptionBudget?: DisruptionBudget;
  deviceSelection?: { strategy: 'BatchSequence'; sequence?: RolloutBatch[] };
  successThreshold?: Percentage;
  /** How long a device may take after its selection, such as `1h30m` or `90s`; a day when absent. */
  defaultUpdateTimeout?: string;
  /** More than this share of the devices selected so far that failed stops the rollout; nothing does when absent. */
  errorThreshold?: Percentage;
  /** Whether a person has to approve each batch, the last one too, unless it says otherwise; Automatic when absent. */
  approval?: Approval;
}

export interface DeviceTemplate {
  metadata?: ObjectMeta;
  spec: DeviceSpec;
}

export interface FleetSpec {
  selector?: LabelSelector;
  template: DeviceTemplate;
  rolloutPolicy?: RolloutPolicy;
}
