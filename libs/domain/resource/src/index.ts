export { changesOf, type Change } from './changes.js';
export { canonicalJson, digestOf, sameJson } from './canonical.js';
export type {
  ConfigItem,
  ConfigItemKind,
  ConfigProvider,
  ContentEncoding,
  FileSpec,
  GitConfigProvider,
  HttpConfigProvider,
  InlineConfigProvider,
  SecretConfigProvider,
} from './config-provider.js';
export { classifyConfigItem, configItemKind } from './config-provider.js';
export type {
  ApplicationFile,
  ApplicationSpec,
  ApplicationVolume,
  CatalogItemRef,
  DeviceSpec,
  ImageOrCatalogItem,
  ResourceAlertRule,
  ResourceMonitor,
  UpdateSchedule,
} from './device-spec.js';
export { repositoriesOf } from './device-spec.js';
export { durationMs } from './duration.js';
export type {
  Approval,
  DeviceTemplate,
  DisruptionBudget,
  FleetSpec,
  Percentage,
  RolloutBatch,
  RolloutPolicy,
} from './fleet-spec.js';
export type { LabelSelector, MatchExpression, MatchOperator } from './label-selector.js';
export { isEmptySelector, matches, matchOperators, selectorProblems } from './label-selector.js';
export type {
  Condition,
  ConditionStatus,
  ConditionType,
  Kind,
  Labels,
  ObjectMeta,
  Uid,
} from './metadata.js';
export { apiVersion, kinds } from './metadata.js';
export { labelKeyProblems, labelsProblems, labelValueProblems, nameProblems } from './names.js';
export type {
  GitRepositorySpec,
  HttpConfig,
  HttpRepositorySpec,
  RepositorySpec,
  SshConfig,
} from './repository-spec.js';
