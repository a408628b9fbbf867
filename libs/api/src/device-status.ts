import { Condition } from './metadata.js';
import { Nested, NestedList, Open, OpenList, Text, Time } from './property.js';

export const UPDATED_STATUSES = ['UpToDate', 'OutOfDate', 'Updating', 'Unknown'] as const;
export type UpdatedStatus = (typeof UPDATED_STATUSES)[number];

export class DeviceConfigStatus {
  @Text({ pattern: /^\d{0,15}$/, description: 'The rendered version that the device runs.' })
  renderedVersion: string;
}

export class DeviceUpdatedStatus {
  @Text({ oneOf: UPDATED_STATUSES })
  status: UpdatedStatus;

  @Text({ optional: true })
  info?: string;
}

/** What a device's agent reports; shown with what is known of members that it left out. */
export class DeviceStatus {
  @NestedList(() => Condition, { optional: true })
  conditions?: Condition[];

  @Open({ optional: true })
  systemInfo?: object;

  @OpenList({ optional: true })
  systemd?: object[];

  @OpenList({ optional: true })
  applications?: object[];

  @Open({ optional: true })
  applicationsSummary?: object;

  @Open({ optional: true })
  resources?: object;

  @Open({ optional: true })
  integrity?: object;

  @Nested(() => DeviceConfigStatus, { optional: true })
  config?: DeviceConfigStatus;

  @Open({ optional: true })
  os?: object;

  @Nested(() => DeviceUpdatedStatus, { optional: true })
  updated?: DeviceUpdatedStatus;

  @Open({ optional: true })
  summary?: object;

  @Time({ optional: true })
  lastSeen?: string;

  @Open({ optional: true })
  lifecycle?: object;

  @Open({ optional: true })
  dependencySync?: object;

  @Open({ optional: true })
  capabilities?: object;
}
