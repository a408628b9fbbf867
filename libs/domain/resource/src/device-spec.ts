import type { ConfigProvider, ContentEncoding } from './config-provider.js';
import { classifyConfigItem } from './config-provider.js';

export interface CatalogItemRef {
  catalog: string;
  item: string;
  version: string;
  channel?: string;
}

export interface ImageOrCatalogItem {
  /** Reference of an OCI image or artifact. */
  image?: string;
  catalogItemRef?: CatalogItemRef;
}

export interface ApplicationFile {
  /** Relative to the application's directory. */
  path: string;
  content?: string;
  contentEncoding?: ContentEncoding;
}

export interface ApplicationVolume {
  name: string;
  reclaimPolicy?: string;
  image?: { reference?: string; catalogItemRef?: CatalogItemRef; pullPolicy?: string };
  mount?: { path: string };
}

export interface ApplicationSpec extends ImageOrCatalogItem {
  name?: string;
  appType: 'compose' | 'quadlet' | 'container' | 'helm' | 'vm';
  inline?: ApplicationFile[];
  envVars?: Record<string, string>;
  volumes?: ApplicationVolume[];
  runAs?: string;
  ports?: string[];
  resources?: { limits?: { cpu?: string; memory?: string } };
  namespace?: string;
  values?: Record<string, unknown>;
  valuesFiles?: string[];
  publishPorts?: string[];
}

export interface ResourceAlertRule {
  severity: string;
  /** A whole number with a unit: s, m or h. */
  duration: string;
  percentage: number;
  description: string;
}

export interface ResourceMonitor {
  monitorType: string;
  alertRules: ResourceAlertRule[];
  /** A whole number with a unit: s, m or h. */
  samplingInterval: string;
  /** The watched directory of a disk monitor. */
  path?: string;
}

export interface UpdateSchedule {
  /** Five cron fields. */
  at: string;
  startGraceDuration: string;
  timeZone?: string;
}

export interface DeviceSpec {
  os?: ImageOrCatalogItem;
  config?: ConfigProvider[];
  applications?: ApplicationSpec[];
  systemd?: { matchPatterns?: string[] };
  resources?: ResourceMonitor[];
  updatePolicy?: { downloadSchedule?: UpdateSchedule; updateSchedule?: UpdateSchedule };
  consoles?: { sessionMetadata: string; sessionID: string }[];
  decommissioning?: { target: string };
}

function repositoryOf(provider: ConfigProvider): string | undefined {
  const config = classifyConfigItem(provider);
  if (config?.kind === 'git') return config.item.gitRef.repository;
  if (config?.kind === 'http') return config.item.httpRef.repository;
  return undefined;
}

/** Names of the repositories that a spec refers to, sorted, each once. */
export function repositoriesOf(spec: DeviceSpec): string[] {
  const names = (spec.config ?? []).map(repositoryOf).filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}
