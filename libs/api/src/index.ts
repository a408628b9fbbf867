export { KvAdvice, KvBytes, KvReport, KvReportList } from './kv.js';
export { Organization, OrganizationList, OrganizationSpec, Version } from './about.js';
export { AuthConfig, PermissionList, UserInfo } from './auth.js';
export { Application, ImageOrCatalogItem } from './application.js';
export { ConfigItem } from './config-item.js';
export { DeviceSpec } from './device-spec.js';
export {
  DeviceLastSeen,
  DeviceStatus,
  UPDATED_STATUSES,
  type UpdatedStatus,
} from './device-status.js';
export { DeviceToken, DeviceTokenList } from './device-tokens.js';
export { Device, DeviceList, DevicesSummary } from './devices.js';
export { Event, EventList, ObjectReference } from './events.js';
export { Fleet, FleetList, FleetSpec, FleetStatus, LabelSelector } from './fleets.js';
export { maskPath } from './messages/mask-paths.js';
export type { Document } from './messages/members.js';
export { readMessage } from './messages/read-message.js';
export { fileDescriptors, messageTypes, services } from './messages/schema.js';
export { UnreadableMessage } from './messages/unreadable-message.js';
export { writeMessage } from './messages/write-message.js';
export { API_VERSION, Condition, ListMeta, ObjectMeta } from './metadata.js';
export { readBody, type ReadBody } from './problems.js';
export {
  HttpConfig,
  Repository,
  RepositoryList,
  RepositorySpec,
  RepositoryWebhook,
  SshConfig,
} from './repositories.js';
export {
  Dispatching,
  DispatchingRequest,
  DryRunBatch,
  DryRunChange,
  RolloutActionRequest,
  RolloutDryRun,
  RolloutRequest,
  SpecChange,
} from './rollout-requests.js';
export {
  Rollout,
  RolloutBatchStatus,
  RolloutDevice,
  RolloutDeviceList,
  RolloutList,
  RolloutWait,
  type DeviceOutcome,
} from './rollouts.js';
export { parseFieldSelector, parseLabelSelector } from './selectors/parse-selector.js';
export type { Operator, Requirement } from './selectors/requirement.js';
export { SelectorError } from './selectors/selector-error.js';
export { Status, statusOf } from './status.js';
export {
  NumberingReport,
  PositionHolder,
  ReplayerReport,
  StreamReport,
  StreamReportList,
  WaitingEvent,
  WaitingEventFilter,
  WaitingEventList,
} from './system.js';
export { TemplateVersion, TemplateVersionList } from './template-versions.js';
