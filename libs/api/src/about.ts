import { ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Text } from './property.js';

export class Version {
  @Text({ description: 'Of the gateway that answers.' })
  version: string;
}

export class OrganizationSpec {
  @Text({ optional: true, description: 'For people.' })
  displayName?: string;

  @Text({ optional: true, description: 'What an identity provider calls it.' })
  externalId?: string;
}

export class Organization extends Resource {
  @Text({ oneOf: ['Organization'] })
  kind: 'Organization';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => OrganizationSpec, { optional: true })
  spec?: OrganizationSpec;
}

export class OrganizationList extends Resource {
  @Text({ oneOf: ['OrganizationList'] })
  kind: 'OrganizationList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Organization)
  items: Organization[];
}
