import { DeviceSpec } from './device-spec.js';
import { DeviceStatus } from './device-status.js';
import { ListMeta, ObjectMeta, Resource } from './metadata.js';
import { Nested, NestedList, Open, Text, Whole } from './property.js';

export class Device extends Resource {
  @Text({ oneOf: ['Device'] })
  kind: 'Device';

  @Nested(() => ObjectMeta)
  metadata: ObjectMeta;

  @Nested(() => DeviceSpec, { optional: true })
  spec?: DeviceSpec;

  @Nested(() => DeviceStatus, { optional: true })
  status?: DeviceStatus;
}

export class DevicesSummary {
  @Whole()
  total: number;

  @Open({ description: 'Devices by the status of their applications.' })
  applicationStatus: Record<string, number>;

  @Open({ description: 'Devices by their overall status.' })
  summaryStatus: Record<string, number>;

  @Open({ description: 'Devices by how their configuration is up to date.' })
  updateStatus: Record<string, number>;
}

export class DeviceList extends Resource {
  @Text({ oneOf: ['DeviceList'] })
  kind: 'DeviceList';

  @Nested(() => ListMeta)
  metadata: ListMeta;

  @NestedList(() => Device)
  items: Device[];

  @Nested(() => DevicesSummary, { optional: true, description: 'Instead of items, if asked for.' })
  summary?: DevicesSummary;
}
