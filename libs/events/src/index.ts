export {
  MAX_BATCH_EVENT_BYTES,
  MAX_EVENT_BYTES,
  MAX_MEMBERS,
  type Delivered,
  type Envelope,
  type EventDefinition,
  type JsonObject,
  type NewEvent,
  type Origin,
} from './envelope.js';
export { groups, speakers, type Group, type Kind, type TaskKind } from './kinds.js';
export { DEFAULT_ORGANISATION, newUid } from './identity.js';
export { DETOUR, MAX_PARTITIONS, streamKey, topology, wakeChannel } from './topology.js';
export { decode, encode, UnreadableEvent } from './codec.js';
export { catalogue } from './catalogue/catalogue.js';
export {
  deviceCreated,
  deviceDeleted,
  deviceLabelsUpdated,
  deviceSpecUpdated,
  deviceStatusReported,
  fleetCreated,
  fleetDeleted,
  fleetRolloutPolicyUpdated,
  fleetSelectorUpdated,
  fleetTemplateUpdated,
  repositoryCreated,
  repositoryDeleted,
  repositorySpecUpdated,
  repositoryWebhookUpdated,
  type Deleted,
  type DeviceCreated,
  type DeviceLabelsUpdated,
  type DeviceSpecUpdated,
  type DeviceStatusReported,
  type FleetCreated,
  type FleetRolloutPolicyUpdated,
  type FleetSelectorUpdated,
  type FleetTemplateUpdated,
  type Labels,
  type RepositoryCreated,
  type RepositorySpecUpdated,
  type RepositoryWebhookUpdated,
} from './catalogue/gateway.js';
export {
  devicesConnectionChanged,
  dispatchingSwitched,
  fleetRolloutRequested,
  repositoryPushReported,
  rolloutActionRequested,
  type ConnectionChange,
  type DevicesConnectionChanged,
  type DispatchingSwitched,
  type FleetRolloutRequested,
  type RepositoryPushReported,
  type RolloutAction,
  type RolloutActionRequested,
} from './catalogue/requests.js';
export { devicesMatched, type DevicesMatched, type MatchedDevice } from './catalogue/selector.js';
export {
  fleetValidated,
  templateVersionCreated,
  type FleetValidated,
  type FrozenContent,
  type TemplateVersionCreated,
} from './catalogue/validation.js';
export {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  devicesTimedOut,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
  type BatchCompleted,
  type BatchDispatched,
  type DevicesSelected,
  type DevicesTimedOut,
  type RolloutCompleted,
  type RolloutCounts,
  type RolloutPlan,
  type RolloutStarted,
  type RolloutStopped,
  type RolloutSuperseded,
  type RolloutWaiting,
} from './catalogue/rollout.js';
export {
  devicesFailed,
  devicesRendered,
  type DevicesFailed,
  type DevicesRendered,
  type RenderedDevice,
} from './catalogue/render.js';
export {
  repositoryAccessChecked,
  repositoryContentsChanged,
  repositoryUsersWoken,
  secretUsersWoken,
  type RepositoryAccessChecked,
  type RepositoryContentsChanged,
  type RepositoryUsersWoken,
  type SecretUsersWoken,
} from './catalogue/repo.js';
export { taskPermanentlyFailed, type TaskPermanentlyFailed } from './catalogue/task.js';
