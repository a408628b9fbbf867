import { DeviceSpec } from './device-spec.js';
import { Condition, ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Text, Time } from './property.js';

export class TemplateVersionSpec {
  @Text({ description: 'Name of the fleet.' })
  fleet: string;
}

/** The device spec of the fleet's template as it was frozen. */
export class TemplateVersionStatus extends DeviceSpec {
  @NestedList(() => Condition)
  conditions: Condition[];

  @Time({ optional: true })
  updatedAt?: string;
}

export class TemplateVersion extends Resource {
  @Text({ oneOf: ['TemplateVersion'] })
  kind: 'TemplateVersion';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => TemplateVersionSpec)
  spec: TemplateVersionSpec;

  @Nested(() => TemplateVersionStatus, { optional: true })
  status?: TemplateVersionStatus;
}

export class TemplateVersionList extends Resource {
  @Text({ oneOf: ['TemplateVersionList'] })
  kind: 'TemplateVersionList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => TemplateVersion)
  items: TemplateVersion[];
}
