import type { ApiClient } from './api-client.js';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

interface Resource {
  readonly metadata: {
    readonly name: string;
    readonly owner?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly config?: { readonly renderedVersion?: string };
    readonly updated?: { readonly status?: string; readonly info?: string };
  };
}

/** A device as the API shows it. */
export interface ObservedDevice {
  readonly name: string;
  /** Empty without one. */
  readonly fleet: string;
  /** The template version that it is to run; empty without one. */
  readonly templateVersion: string;
  /** What it reported that it runs; empty before the first report. */
  readonly renderedVersion: string;
  /** UpToDate, OutOfDate, Updating or Unknown. */
  readonly state: string;
  /** What stands in the way, if anything is known. */
  readonly reason: string;
  /** It reports the fleet's newest template version. */
  readonly upToDate: boolean;
}

/** The fleet and its devices at one moment. */
export interface Observation {
  /** Names, oldest first. */
  readonly templateVersions: readonly string[];
  readonly devices: readonly ObservedDevice[];
  readonly fleetConditions: readonly Condition[];
}

/** Looks at a fleet and at the devices with the given names, as far as they are registered. */
export async function observe(
  client: ApiClient,
  fleet: string,
  names: ReadonlySet<string>,
): Promise<Observation> {
  // The versions first: a newer one that comes meanwhile makes no device look finished.
  const versions = await client.list<Resource>(`fleets/${fleet}/templateversions`);
  const [found, devices] = await Promise.all([
    client.get<Resource>(`fleets/${fleet}`),
    client.list<Resource>('devices'),
  ]);
  const templateVersions = versions.toSorted(byAge).map(({ metadata }) => metadata.name);
  const own = devices.filter(({ metadata }) => names.has(metadata.name));
  return {
    templateVersions,
    devices: own.map((device) => read(device, templateVersions.at(-1))),
    fleetConditions: found?.status?.conditions ?? [],
  };
}

function byAge(left: Resource, right: Resource): number {
  const [a = '', b = ''] = [left, right].map(({ metadata }) => metadata.creationTimestamp);
  return a < b ? -1 : Number(a > b);
}

function read({ metadata, status }: Resource, newest: string | undefined): ObservedDevice {
  const templateVersion = metadata.annotations?.['fleet-controller/templateVersion'] ?? '';
  const reported = readStatus(status);
  return {
    name: metadata.name,
    fleet: metadata.owner?.replace(/^Fleet\//, '') ?? '',
    templateVersion,
    ...reported,
    upToDate: templateVersion === newest && reported.state === 'UpToDate',
  };
}

function readStatus({ config, updated, conditions = [] }: NonNullable<Resource['status']> = {}) {
  const { status: state = 'Unknown', info } = updated ?? {};
  const reason = info ?? reasonIn(conditions);
  return { renderedVersion: config?.renderedVersion ?? '', state, reason };
}

const troubles: Readonly<Record<string, string>> = { SpecValid: 'False', MultipleOwners: 'True' };

function reasonIn(conditions: readonly Condition[]): string {
  const trouble = conditions.find(({ type, status }) => troubles[type] === status);
  return trouble?.message ?? '';
}
