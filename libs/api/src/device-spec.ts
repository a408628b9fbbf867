import { Application, ImageOrCatalogItem } from './application.js';
import { ConfigItem } from './config-item.js';
import { Decimal, Nested, NestedList, Rule, Text, TextList } from './property.js';

/** A whole number with a unit: seconds, minutes or hours. */
export const DURATION = /^(?:[1-9]\d*)?\d[smh]$/;
const UNIT_NAME = /^[0-9a-zA-Z:\-_.\\[\]!*?]+(@[0-9a-zA-Z:\-_.\\[\]!*?]+)?(\.[a-zA-Z[\]!\-*?]+)?$/;

export class Systemd {
  @TextList({ optional: true, pattern: UNIT_NAME, maxLength: 256 })
  matchPatterns?: string[];
}

export class AlertRule {
  @Text({ oneOf: ['Warning', 'Critical', 'Info'] })
  severity: string;

  @Text({ pattern: /^\d+[smh]$/ })
  duration: string;

  @Decimal({ min: 0, max: 100 })
  percentage: number;

  @Text()
  description: string;
}

export class ResourceMonitor {
  @Text({ oneOf: ['CPU', 'Memory', 'Disk'] })
  @Rule('diskPath', (type, { path }) =>
    type === 'Disk' && path === undefined ? 'a Disk monitor must have a path' : undefined,
  )
  monitorType: string;

  @NestedList(() => AlertRule)
  alertRules: AlertRule[];

  @Text({ pattern: /^[1-9]\d*[smh]$/ })
  samplingInterval: string;

  @Text({ optional: true, description: 'The watched directory of a Disk monitor.' })
  path?: string;
}

export class UpdateSchedule {
  @Text({ notEmpty: true, description: 'Five cron fields.' })
  at: string;

  @Text({ pattern: DURATION })
  startGraceDuration: string;

  @Text({ optional: true })
  timeZone?: string;
}

export class UpdatePolicy {
  @Nested(() => UpdateSchedule, { optional: true })
  downloadSchedule?: UpdateSchedule;

  @Nested(() => UpdateSchedule, { optional: true })
  updateSchedule?: UpdateSchedule;
}

export class Decommissioning {
  @Text({ oneOf: ['Unenroll', 'FactoryReset'] })
  target: string;
}

/** What a device is to run. */
export class DeviceSpec {
  @Nested(() => ImageOrCatalogItem, { optional: true })
  os?: ImageOrCatalogItem;

  @NestedList(() => ConfigItem, { optional: true })
  config?: ConfigItem[];

  @NestedList(() => Application, { optional: true })
  applications?: Application[];

  @Nested(() => Systemd, { optional: true })
  systemd?: Systemd;

  @NestedList(() => ResourceMonitor, { optional: true })
  resources?: ResourceMonitor[];

  @Nested(() => UpdatePolicy, { optional: true })
  updatePolicy?: UpdatePolicy;

  @Nested(() => Decommissioning, { optional: true })
  decommissioning?: Decommissioning;
}
