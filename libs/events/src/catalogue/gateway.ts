import { define } from '../define.js';
import type { JsonObject } from '../envelope.js';

export type Labels = { readonly [key: string]: string };

export interface DeviceCreated {
  readonly name: string;
  readonly labels: Labels;
  /** Null while the device has no spec of its own. */
  readonly spec: JsonObject | null;
  readonly generation: number;
}
export const deviceCreated = define<DeviceCreated>('Device', 'skein.device.created.v1', [
  'name',
  'labels',
  'spec',
  'generation',
]);

export interface DeviceLabelsUpdated {
  readonly labels: Labels;
}
export const deviceLabelsUpdated = define<DeviceLabelsUpdated>(
  'Device',
  'skein.device.labels-updated.v1',
  ['labels'],
);

export interface DeviceSpecUpdated {
  readonly spec: JsonObject | null;
  readonly generation: number;
}
export const deviceSpecUpdated = define<DeviceSpecUpdated>(
  'Device',
  'skein.device.spec-updated.v1',
  ['spec', 'generation'],
);

/** What the device's agent says that it runs. */
export interface DeviceStatusReported {
  /** The rendered version that the device runs; 0 before the first. */
  readonly renderedVersion: number;
  /** The agent's word for its update: UpToDate, OutOfDate, Updating or Unknown. */
  readonly updated: string;
}
export const deviceStatusReported = define<DeviceStatusReported>(
  'Device',
  'skein.device.status-reported.v1',
  ['renderedVersion', 'updated'],
);

/** What its agent says of the device as a whole, each in one word: what devices can be listed by. */
export interface DeviceHealthReported {
  readonly summary: string;
  readonly applications: string;
  readonly lifecycle: string;
}
export const deviceHealthReported = define<DeviceHealthReported>(
  'Device',
  'skein.device.health-reported.v1',
  ['summary', 'applications', 'lifecycle'],
);

/** A token with which the device proves who it is. */
export interface DeviceTokenChanged {
  /** Its id: the token itself is known to the device only. */
  readonly token: string;
}
export const deviceTokenIssued = define<DeviceTokenChanged>(
  'Device',
  'skein.device.token-issued.v1',
  ['token'],
);
export const deviceTokenRevoked = define<DeviceTokenChanged>(
  'Device',
  'skein.device.token-revoked.v1',
  ['token'],
);

export interface Deleted {
  readonly name: string;
}
export const deviceDeleted = define<Deleted>('Device', 'skein.device.deleted.v1', ['name']);

export interface FleetCreated {
  readonly name: string;
  readonly generation: number;
  readonly selector: JsonObject | null;
  /** The template of the fleet's devices: `{ metadata?, spec }`. */
  readonly template: JsonObject;
  readonly rolloutPolicy: JsonObject | null;
}
export const fleetCreated = define<FleetCreated>('Fleet', 'skein.fleet.created.v1', [
  'name',
  'generation',
  'selector',
  'template',
  'rolloutPolicy',
]);

export interface FleetSelectorUpdated {
  readonly selector: JsonObject | null;
}
export const fleetSelectorUpdated = define<FleetSelectorUpdated>(
  'Fleet',
  'skein.fleet.selector-updated.v1',
  ['selector'],
);

export interface FleetTemplateUpdated {
  readonly template: JsonObject;
  readonly generation: number;
}
export const fleetTemplateUpdated = define<FleetTemplateUpdated>(
  'Fleet',
  'skein.fleet.template-updated.v1',
  ['template', 'generation'],
);

export interface FleetRolloutPolicyUpdated {
  readonly rolloutPolicy: JsonObject | null;
}
export const fleetRolloutPolicyUpdated = define<FleetRolloutPolicyUpdated>(
  'Fleet',
  'skein.fleet.rollout-policy-updated.v1',
  ['rolloutPolicy'],
);

/** Nobody decides by the labels of fleets; lists are selected by them. */
export interface FleetLabelsUpdated {
  readonly labels: Labels;
}
export const fleetLabelsUpdated = define<FleetLabelsUpdated>(
  'Fleet',
  'skein.fleet.labels-updated.v1',
  ['labels'],
);
export const fleetDeleted = define<Deleted>('Fleet', 'skein.fleet.deleted.v1', ['name']);

export interface RepositorySpecUpdated {
  /** The spec without its credentials. */
  readonly spec: JsonObject;
  /** Id of the sealed credentials; null without any. */
  readonly credentials: string | null;
}
export interface RepositoryCreated extends RepositorySpecUpdated {
  readonly name: string;
}
export const repositoryCreated = define<RepositoryCreated>(
  'Repository',
  'skein.repository.created.v1',
  ['name', 'spec', 'credentials'],
);
export const repositorySpecUpdated = define<RepositorySpecUpdated>(
  'Repository',
  'skein.repository.spec-updated.v1',
  ['spec', 'credentials'],
);

export interface RepositoryLabelsUpdated {
  readonly labels: Labels;
}
export const repositoryLabelsUpdated = define<RepositoryLabelsUpdated>(
  'Repository',
  'skein.repository.labels-updated.v1',
  ['labels'],
);
export const repositoryDeleted = define<Deleted>('Repository', 'skein.repository.deleted.v1', [
  'name',
]);

export interface RepositoryWebhookUpdated {
  /** Id of the sealed secret by which deliveries are known; null: none are taken. */
  readonly webhook: string | null;
}
export const repositoryWebhookUpdated = define<RepositoryWebhookUpdated>(
  'Repository',
  'skein.repository.webhook-updated.v1',
  ['webhook'],
);
