import { hash } from 'node:crypto';
import { API_VERSION, type Condition, type Device, type UpdatedStatus } from '@skein/api';

/** A device with what is known of it, as it is selected. */
export interface DeviceRecord {
  readonly uid: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly generation: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly spec: Device['spec'] | null;
  readonly owner: string | null;
  readonly ownerSince: Date | null;
  readonly multipleOwners: readonly string[];
  readonly templateVersion: string | null;
  readonly renderedVersion: number;
  readonly failure: string | null;
  readonly failureSince: Date | null;
  readonly reported: (Record<string, unknown> & { conditions?: Condition[] }) | null;
  readonly lastSeen: Date | null;
  readonly updated: UpdatedStatus;
}

const unreported = {
  systemInfo: { architecture: '', bootID: '', operatingSystem: '', agentVersion: '' },
  applications: [],
  applicationsSummary: { status: 'Unknown' },
  resources: { cpu: 'Unknown', memory: 'Unknown', disk: 'Unknown' },
  integrity: { status: 'Unknown' },
  config: { renderedVersion: '' },
  os: { image: '', imageDigest: '' },
  summary: { status: 'Unknown' },
  lifecycle: { status: 'Unknown' },
};

function conditionsOf(record: DeviceRecord): Condition[] {
  const own: Condition[] = [];
  if (record.failure !== null) {
    const lastTransitionTime = record.failureSince!.toISOString();
    own.push({
      ...{ type: 'SpecValid', status: 'False', reason: 'Invalid', message: record.failure },
      lastTransitionTime,
    });
  }
  if (record.multipleOwners.length > 0) {
    const message = `fleets ${record.multipleOwners.join(', ')} select this device`;
    const lastTransitionTime = (record.ownerSince ?? record.createdAt).toISOString();
    const type = 'MultipleOwners';
    own.push({ type, status: 'True', reason: type, message, lastTransitionTime });
  }
  const others = record.reported?.conditions ?? [];
  return [...own, ...others.filter(({ type }) => own.every((one) => one.type !== type))];
}

function annotationsOf({ templateVersion, renderedVersion }: DeviceRecord) {
  const annotations: Record<string, string> = {};
  if (templateVersion !== null) annotations['fleet-controller/templateVersion'] = templateVersion;
  if (renderedVersion > 0) {
    annotations['device-controller/renderedVersion'] = String(renderedVersion);
  }
  return annotations;
}

/** The device as its users see it. */
export function shown(record: DeviceRecord): Device {
  const { failure, lastSeen, owner, spec } = record;
  return {
    apiVersion: API_VERSION,
    kind: 'Device',
    metadata: {
      name: record.name,
      labels: record.labels,
      generation: record.generation,
      resourceVersion: String(record.version),
      creationTimestamp: record.createdAt.toISOString(),
      ...(owner !== null && { owner: `Fleet/${owner}` }),
      annotations: annotationsOf(record),
    },
    ...(spec && { spec }),
    status: {
      ...unreported,
      ...record.reported,
      conditions: conditionsOf(record),
      updated: { status: record.updated, ...(failure !== null && { info: failure }) },
      ...(lastSeen && { lastSeen: lastSeen.toISOString() }),
    },
  };
}

const digest = (value: unknown) => hash('sha256', JSON.stringify(value)).slice(0, 16);

export function etagOf(device: Device): string {
  const { generation, labels, creationTimestamp } = device.metadata;
  const state = digest({ labels, creationTimestamp, spec: device.spec });
  return `"${generation}.${state}-${digest(device)}"`;
}
