import * as gateway from './catalogue/gateway.js';
import * as render from './catalogue/render.js';
import * as repo from './catalogue/repo.js';
import * as requests from './catalogue/requests.js';
import * as rollout from './catalogue/rollout.js';
import * as selector from './catalogue/selector.js';
import * as validation from './catalogue/validation.js';
import type { Group } from './kinds.js';

const repositoryEvents = [
  gateway.repositoryCreated,
  gateway.repositorySpecUpdated,
  gateway.repositoryDeleted,
];
const heard: Record<Group, readonly { readonly type: string }[]> = {
  gateway: [
    selector.devicesMatched,
    validation.templateVersionCreated,
    validation.fleetValidated,
    rollout.rolloutStarted,
    rollout.batchDispatched,
    rollout.rolloutWaiting,
    rollout.rolloutStopped,
    rollout.rolloutSuperseded,
    rollout.rolloutCompleted,
    rollout.devicesSelected,
    render.devicesRendered,
    render.devicesFailed,
    repo.repositoryAccessChecked,
  ],
  selector: [
    gateway.deviceCreated,
    gateway.deviceLabelsUpdated,
    gateway.deviceDeleted,
    gateway.fleetCreated,
    gateway.fleetSelectorUpdated,
    gateway.fleetDeleted,
  ],
  validation: [
    gateway.fleetCreated,
    gateway.fleetTemplateUpdated,
    gateway.fleetDeleted,
    ...repositoryEvents,
    repo.repositoryUsersWoken,
    repo.secretUsersWoken,
  ],
  rollout: [
    gateway.deviceCreated,
    gateway.deviceLabelsUpdated,
    gateway.deviceStatusReported,
    gateway.deviceDeleted,
    gateway.fleetCreated,
    gateway.fleetRolloutPolicyUpdated,
    gateway.fleetDeleted,
    requests.fleetRolloutRequested,
    requests.rolloutActionRequested,
    requests.dispatchingSwitched,
    requests.devicesConnectionChanged,
    selector.devicesMatched,
    validation.templateVersionCreated,
    rollout.rolloutStarted,
    rollout.batchDispatched,
    render.devicesRendered,
    render.devicesFailed,
  ],
  render: [
    gateway.deviceCreated,
    gateway.deviceLabelsUpdated,
    gateway.deviceSpecUpdated,
    gateway.deviceDeleted,
    gateway.fleetDeleted,
    ...repositoryEvents,
    selector.devicesMatched,
    validation.templateVersionCreated,
    rollout.devicesSelected,
    repo.repositoryUsersWoken,
    repo.secretUsersWoken,
  ],
  repo: [
    gateway.fleetCreated,
    gateway.fleetTemplateUpdated,
    gateway.fleetDeleted,
    gateway.deviceCreated,
    gateway.deviceSpecUpdated,
    gateway.deviceDeleted,
    ...repositoryEvents,
    requests.repositoryPushReported,
  ],
};

function typesHeardBy(group: Group): ReadonlySet<string> {
  return new Set(heard[group].map((event) => event.type));
}

/** The event types that each service hears. Registered as rows when a service starts. */
export const topology: Readonly<Record<Group, ReadonlySet<string>>> = {
  gateway: typesHeardBy('gateway'),
  selector: typesHeardBy('selector'),
  validation: typesHeardBy('validation'),
  rollout: typesHeardBy('rollout'),
  render: typesHeardBy('render'),
  repo: typesHeardBy('repo'),
};

/** The partition that an organisation's events take while there are too many of them for the others'. */
export const DETOUR = 1_000;

/** Regular partitions at the most. */
export const MAX_PARTITIONS = 64;

/** The key of a service's stream; the braces keep the keys of one stream in one slot of a Redis Cluster. */
export function streamKey(prefix: string, group: Group, partition: number): string {
  return `${prefix}:{${group}.${partition === DETOUR ? 'detour' : partition}}:events`;
}

/** The channel on which committers say that there is something new to number. */
export function wakeChannel(prefix: string): string {
  return `${prefix}:wake`;
}

/** The channel on which the replayer says that it has numbered something. */
export function numberedChannel(prefix: string): string {
  return `${prefix}:numbered`;
}
