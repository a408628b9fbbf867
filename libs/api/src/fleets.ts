import { ApiProperty } from '@nestjs/swagger';
import { DeviceSpec } from './device-spec.js';
import { DevicesSummary } from './devices.js';
import { Condition, ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Rule, Text, TextList, TextMap, Whole } from './property.js';

const PERCENTAGE = /^(100|[1-9]?\d)%$/;
const TIMEOUT = /^(?=\d)(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?$/;
const APPROVALS = ['Automatic', 'Manual'] as const;
const APPROVAL = 'Manual: a person approves each batch before it begins. Default: Automatic.';
const LABEL_KEY = /^([A-Za-z0-9][-A-Za-z0-9_/.]*)?[A-Za-z0-9]$/;

export class MatchExpression {
  @Text()
  key: string;

  @Text({ oneOf: ['In', 'NotIn', 'Exists', 'DoesNotExist'] })
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

  @TextList({ optional: true })
  values?: string[];
}

/** All labels and all expressions must hold; without any of them nothing matches. */
export class LabelSelector {
  @TextMap({ optional: true })
  matchLabels?: Record<string, string>;

  @NestedList(() => MatchExpression, { optional: true, minItems: 1 })
  matchExpressions?: MatchExpression[];
}

function limitProblem(limit: unknown): string | undefined {
  if (limit === undefined || (Number.isInteger(limit) && (limit as number) >= 1)) return undefined;
  if (typeof limit === 'string' && PERCENTAGE.test(limit)) return undefined;
  return 'limit must be a whole number from 1 or a percentage such as 10%';
}

export class RolloutBatch {
  @Nested(() => LabelSelector, { optional: true })
  selector?: LabelSelector;

  @Text({ optional: true, pattern: PERCENTAGE })
  successThreshold?: string;

  @ApiProperty({ required: false, oneOf: [{ type: 'string' }, { type: 'integer', minimum: 1 }] })
  @Rule('limit', limitProblem)
  limit?: string | number;

  @Text({ optional: true, oneOf: APPROVALS, description: APPROVAL })
  approval?: 'Automatic' | 'Manual';
}

export class DeviceSelection {
  @Text({ oneOf: ['BatchSequence'] })
  strategy: 'BatchSequence';

  @NestedList(() => RolloutBatch, { optional: true, minItems: 1 })
  sequence?: RolloutBatch[];
}

export class DisruptionBudget {
  @TextList({ optional: true, pattern: LABEL_KEY })
  groupBy?: string[];

  @Whole({ optional: true, min: 1, description: 'So many devices of a group stay available.' })
  minAvailable?: number;

  @Whole({ optional: true, min: 1, description: 'So many may be unavailable at once.' })
  maxUnavailable?: number;
}

export class RolloutPolicy {
  @Nested(() => DisruptionBudget, { optional: true })
  disruptionBudget?: DisruptionBudget;

  @Nested(() => DeviceSelection, { optional: true })
  deviceSelection?: DeviceSelection;

  @Text({ optional: true, pattern: PERCENTAGE })
  successThreshold?: string;

  @Text({
    optional: true,
    pattern: TIMEOUT,
    description: 'How long a device may take after its selection: 90s, 1h30m. Default: 24h.',
  })
  defaultUpdateTimeout?: string;

  @Text({
    optional: true,
    pattern: PERCENTAGE,
    description: 'More than so many percent of failed devices stop the rollout.',
  })
  errorThreshold?: string;

  @Text({ optional: true, oneOf: APPROVALS, description: APPROVAL })
  approval?: 'Automatic' | 'Manual';
}

export class DeviceTemplate {
  @Nested(() => ObjectMeta, { optional: true })
  metadata?: ObjectMeta;

  @Nested(() => DeviceSpec)
  spec: DeviceSpec;
}

export class FleetSpec {
  @Nested(() => LabelSelector, { optional: true })
  selector?: LabelSelector;

  @Nested(() => DeviceTemplate)
  template: DeviceTemplate;

  @Nested(() => RolloutPolicy, { optional: true })
  rolloutPolicy?: RolloutPolicy;
}

export class FleetRollout {
  @Whole({ optional: true })
  currentBatch?: number;
}

export class FleetStatus {
  @NestedList(() => Condition)
  conditions: Condition[];

  @Nested(() => FleetRollout, { optional: true })
  rollout?: FleetRollout;

  @Nested(() => DevicesSummary, { optional: true })
  devicesSummary?: DevicesSummary;
}

export class Fleet extends Resource {
  @Text({ oneOf: ['Fleet'] })
  kind: 'Fleet';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => FleetSpec)
  spec: FleetSpec;

  @Nested(() => FleetStatus, { optional: true })
  status?: FleetStatus;
}

export class FleetList extends Resource {
  @Text({ oneOf: ['FleetList'] })
  kind: 'FleetList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Fleet)
  items: Fleet[];
}
