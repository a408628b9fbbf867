import { ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Text } from './property.js';

export class DeviceTokenSpec {
  @Text({ description: 'The name of the device.' })
  device: string;

  @Text({ description: 'Who asked for it.' })
  createdBy: string;
}

/** With what a device proves who it is. Its name is its id. */
export class DeviceToken extends Resource {
  @Text({ oneOf: ['DeviceToken'] })
  kind: 'DeviceToken';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => DeviceTokenSpec)
  spec: DeviceTokenSpec;

  @Text({ optional: true, description: 'The token itself: once, in the answer that makes it.' })
  token?: string;
}

export class DeviceTokenList extends Resource {
  @Text({ oneOf: ['DeviceTokenList'] })
  kind: 'DeviceTokenList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => DeviceToken)
  items: DeviceToken[];
}
