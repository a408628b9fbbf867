import { API_VERSION } from '@skein/api';
import {
  batchDispatched,
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  devicesFailed,
  deviceSpecUpdated,
  devicesSelected,
  deviceStatusReported,
  fleetCreated,
  fleetDeleted,
  fleetRolloutPolicyUpdated,
  fleetSelectorUpdated,
  fleetTemplateUpdated,
  fleetValidated,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  repositoryUsersWoken,
  rolloutCompleted,
  rolloutStarted,
  taskPermanentlyFailed,
  templateVersionCreated,
  type BatchDispatched,
  type DevicesFailed,
  type DevicesSelected,
  type DeviceStatusReported,
  type FleetValidated,
  type RolloutStarted,
  type TaskPermanentlyFailed,
} from '@skein/events';

/** Kinds of subjects that stand for another resource of the same uid. */
const standIns: Readonly<Record<string, string>> = {
  Validation: 'Fleet',
  RepositoryUse: 'Repository',
};

/** The kind of resource that people know a subject by. */
export const resourceKind = (kind: string): string => standIns[kind] ?? kind;

/** The names of subjects and of what events name, by uid. */
export type NameOf = (uid: string) => string;

export interface ToldEvent {
  readonly reason: string;
  readonly message: string;
  readonly type?: 'Warning';
  readonly details?: object;
  /** What it is about, when that is not the event's subject. */
  readonly about?: { readonly kind: string; readonly uid: string };
}

/** What a person is told of an event. */
type Tell = (data: never, name: NameOf) => ToldEvent;

const created = () => ({ reason: 'ResourceCreated', message: 'was created' });
const deleted = () => ({ reason: 'ResourceDeleted', message: 'was deleted' });
const updated = (field: string, message: string) => () => ({
  reason: 'ResourceUpdated',
  message,
  details: { detailType: 'ResourceUpdated', updatedFields: [field] },
});
const aboutFleet = (uid: string) => ({ about: { kind: 'Fleet', uid } });

const content: Readonly<Record<string, string>> = {
  UpToDate: 'DeviceContentUpToDate',
  OutOfDate: 'DeviceContentOutOfDate',
  Updating: 'DeviceContentUpdating',
};

function reported({ renderedVersion, updated: status }: DeviceStatusReported): ToldEvent {
  const message = `reports that it runs rendered version ${renderedVersion} and is ${status}`;
  return { reason: content[status] ?? 'DeviceConnected', message };
}

function validated({ valid, message }: FleetValidated): ToldEvent {
  if (valid) return { reason: 'FleetValid', message: 'has a valid template' };
  return { reason: 'FleetInvalid', message: `has no valid template: ${message}`, type: 'Warning' };
}

function started({ fleet, templateVersion, strategy }: RolloutStarted, name: NameOf): ToldEvent {
  const version = name(templateVersion);
  const rolloutStrategy = strategy === 'Immediate' ? 'None' : 'Batched';
  return {
    ...aboutFleet(fleet),
    reason: 'FleetRolloutStarted',
    message: `rolls out template version ${version}`,
    details: { detailType: 'FleetRolloutStarted', templateVersion: version, rolloutStrategy },
  };
}

function dispatched({ fleet, templateVersion, batch }: BatchDispatched, name: NameOf): ToldEvent {
  const version = name(templateVersion);
  return {
    ...aboutFleet(fleet),
    reason: 'FleetRolloutBatchDispatched',
    message: `dispatched batch ${batch} of template version ${version}`,
    details: {
      detailType: 'FleetRolloutBatchDispatched',
      templateVersion: version,
      batch: String(batch),
    },
  };
}

function selected({ fleet, templateVersion, members }: DevicesSelected, name: NameOf): ToldEvent {
  const version = name(templateVersion);
  return {
    ...aboutFleet(fleet),
    reason: 'FleetRolloutDeviceSelected',
    message: `selected ${members.length} devices for template version ${version}`,
    details: {
      detailType: 'FleetRolloutDeviceSelected',
      fleetName: name(fleet),
      templateVersion: version,
    },
  };
}

function completed({ fleet, templateVersion }: RolloutStarted, name: NameOf): ToldEvent {
  const message = `rolled out template version ${name(templateVersion)}`;
  return { ...aboutFleet(fleet), reason: 'FleetRolloutCompleted', message };
}

function failed({ members }: DevicesFailed): ToldEvent {
  const [first] = members;
  const others = members.length > 1 ? ` (and ${members.length - 1} devices more)` : '';
  return {
    about: { kind: 'Device', uid: first!.device },
    reason: 'DeviceSpecInvalid',
    message: `cannot be rendered: ${first!.message}${others}`,
    type: 'Warning',
  };
}

/** The original event is told with what the failure says of it: its data may be what could not be read. */
function gaveUp(service: string): (failure: TaskPermanentlyFailed, name: NameOf) => ToldEvent {
  return ({ number, event, type, kind, subject, attempts, cause }, name) => {
    const original = {
      apiVersion: API_VERSION,
      kind: 'Event',
      metadata: { name: event },
      involvedObject: { kind: resourceKind(kind), name: name(subject) },
      reason: 'InternalTaskFailed',
      message: `${type}, number ${number}`,
      type: 'Warning',
      source: { component: service },
      actor: `service:${service}`,
    };
    return {
      about: { kind, uid: subject },
      reason: 'InternalTaskPermanentlyFailed',
      message: `is behind: ${service} gave up ${type}, number ${number}, after ${attempts} attempts: ${cause}`,
      type: 'Warning',
      details: {
        detailType: 'InternalTaskPermanentlyFailed',
        errorMessage: cause,
        retryCount: Math.max(attempts - 1, 0),
        originalEvent: original,
      },
    };
  };
}

const woken = () => ({
  reason: 'ReferencedRepositoryUpdated',
  message: 'changed: its users look again',
});

/** What a list of events tells of; the other types are the services' own affairs. */
export const told: ReadonlyMap<string, Tell> = new Map<string, Tell>([
  [deviceCreated.type, created],
  [deviceLabelsUpdated.type, updated('labels', 'has new labels')],
  [deviceSpecUpdated.type, updated('spec', 'has a new spec')],
  [deviceStatusReported.type, reported],
  [deviceDeleted.type, deleted],
  [fleetCreated.type, created],
  [fleetSelectorUpdated.type, updated('spec.selector', 'has a new selector')],
  [fleetTemplateUpdated.type, updated('spec.template', 'has a new template')],
  [fleetRolloutPolicyUpdated.type, updated('spec', 'has a new rollout policy')],
  [fleetDeleted.type, deleted],
  [repositoryCreated.type, created],
  [repositorySpecUpdated.type, updated('spec', 'has a new spec')],
  [repositoryDeleted.type, deleted],
  [repositoryUsersWoken.type, woken],
  [templateVersionCreated.type, created],
  [fleetValidated.type, validated],
  [rolloutStarted.type, started],
  [batchDispatched.type, dispatched],
  [devicesSelected.type, selected],
  [rolloutCompleted.type, completed],
  [devicesFailed.type, failed],
  ...Object.entries(taskPermanentlyFailed).map(
    ([service, { type }]) => [type, gaveUp(service)] as const,
  ),
]);
