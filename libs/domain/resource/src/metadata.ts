export const apiVersion = 'flightctl.io/v1beta1';

export const kinds = [
  'Device',
  'Fleet',
  'TemplateVersion',
  'Repository',
  'Event',
  'Organization',
] as const;

export type Kind = (typeof kinds)[number];

/** Identity of a resource, never used twice; a name can be used again after deletion. */
export type Uid = string;

export type Labels = Record<string, string>;

export interface ObjectMeta {
  name?: string;
  labels?: Labels;
  annotations?: Record<string, string>;
  /** Grows by one with each change of the spec. */
  generation?: number;
  /** `<Kind>/<name>` of the resource that this one belongs to. */
  owner?: string;
  /** Opaque version of the stored object. */
  resourceVersion?: string;
  /** RFC 3339, UTC. */
  creationTimestamp?: string;
  /** RFC 3339, UTC. */
  deletionTimestamp?: string;
}

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export type ConditionType =
  | 'Accessible'
  | 'Valid'
  | 'RolloutInProgress'
  | 'Updating'
  | 'SpecValid'
  | 'MultipleOwners'
  | 'DeviceDecommissioning';

/** One aspect of a resource's current state. */
export interface Condition {
  type: ConditionType;
  status: ConditionStatus;
  reason: string;
  message: string;
  /** RFC 3339, UTC: when `status` last changed. */
  lastTransitionTime: string;
  observedGeneration?: number;
}
