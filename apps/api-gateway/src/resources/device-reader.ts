import {
  API_VERSION,
  type Condition,
  type Device,
  type DeviceSpec,
  type UpdatedStatus,
} from '@skein/api';
import { metadataOf } from './metadata.js';
import { READ_COLUMNS, Reader, type ReadRow } from './reader.js';
import { UPDATED_JOINS, UPDATED_STATUS } from './updated-status.js';

export interface DeviceReadRow extends ReadRow {
  readonly spec: DeviceSpec | null;
  readonly owner: string | null;
  readonly ownerSince: Date | null;
  readonly multipleOwners: readonly string[];
  readonly templateVersion: string | null;
  readonly renderedVersion: number;
  readonly renderedDigest: string | null;
  readonly failure: string | null;
  readonly failureSince: Date | null;
  readonly reported: Readonly<Record<string, unknown>> | null;
  readonly lastSeen: Date | null;
  readonly updated: UpdatedStatus;
}

/** The tables of a read; lists are selected by them. */
export const DEVICE_TABLES = `from organisation.devices r
   join organisation.device_views v on v.org = r.org and v.uid = r.uid
   ${UPDATED_JOINS}
   left join organisation.fleets f on f.org = v.org and f.uid = v.owner`;

export const deviceReader = new Reader<DeviceReadRow>(
  'Device',
  'organisation.devices',
  `select ${READ_COLUMNS}, r.spec, f.name as owner, v.owner_since as "ownerSince",
     v.multiple_owners as "multipleOwners", t.name as "templateVersion",
     v.rendered_version as "renderedVersion", v.rendered_digest as "renderedDigest",
     v.failure, v.failure_since as "failureSince",
     s.status as reported, s.last_seen as "lastSeen", ${UPDATED_STATUS} as updated
   ${DEVICE_TABLES}
   left join organisation.template_versions t on t.org = v.org and t.uid = v.target`,
);

export const RENDERED_VERSION = 'device-controller/renderedVersion';

/** What a device that has not reported yet is known to be. */
const unknown = {
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

function conditionsOf(row: DeviceReadRow): Condition[] {
  const conditions: Condition[] = [];
  if (row.failure !== null) {
    const lastTransitionTime = row.failureSince!.toISOString();
    const reason = 'Invalid';
    conditions.push({
      type: 'SpecValid',
      status: 'False',
      reason,
      message: row.failure,
      lastTransitionTime,
    });
  }
  if (row.multipleOwners.length > 0) {
    const lastTransitionTime = (row.ownerSince ?? row.createdAt).toISOString();
    const message = `fleets ${row.multipleOwners.join(', ')} select this device`;
    const reason = 'MultipleOwners';
    conditions.push({ type: reason, status: 'True', reason, message, lastTransitionTime });
  }
  return conditions;
}

function annotationsOf({
  templateVersion,
  renderedVersion,
}: DeviceReadRow): Record<string, string> {
  return {
    ...(templateVersion !== null && { 'fleet-controller/templateVersion': templateVersion }),
    ...(renderedVersion > 0 && { [RENDERED_VERSION]: String(renderedVersion) }),
  };
}

function statusOf(row: DeviceReadRow): NonNullable<Device['status']> {
  const { conditions: reported = [], ...status } = row.reported ?? {};
  const own = conditionsOf(row);
  const others = (reported as Condition[]).filter(({ type }) =>
    own.every((one) => one.type !== type),
  );
  const info = row.failure === null ? undefined : row.failure;
  return {
    ...unknown,
    ...status,
    conditions: [...own, ...others],
    updated: { status: row.updated, ...(info !== undefined && { info }) },
    ...(row.lastSeen && { lastSeen: row.lastSeen.toISOString() }),
  };
}

/** The device with the status that it reported, before anything is added to it. */
export function presentReported(row: DeviceReadRow): Device {
  const device = presentDevice(row);
  const reported = { conditions: [], updated: { status: 'Unknown' as const }, ...row.reported };
  return { ...device, status: { ...unknown, ...reported } };
}

export function presentDevice(row: DeviceReadRow): Device {
  return {
    apiVersion: API_VERSION,
    kind: 'Device',
    metadata: {
      ...metadataOf(row),
      ...(row.owner !== null && { owner: `Fleet/${row.owner}` }),
      annotations: annotationsOf(row),
    },
    ...(row.spec && { spec: row.spec }),
    status: statusOf(row),
  };
}
