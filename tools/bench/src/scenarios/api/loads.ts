/** What is asked of both doors. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
}

/** Requests of one kind, from one index on. */
export interface Load {
  readonly part: LoadName;
  readonly from: number;
  readonly count: number;
  /** How many devices there are. */
  readonly devices: number;
  /** Begins the names of what is made. */
  readonly prefix: string;
}

const PATH = '/api/v1/devices';
export const SITES = 50;
/** So that devices are not asked for in the order of their names. */
const STRIDE = 7_919;
const FILE_BYTES = 1_024;

export const PREFIX = 'device';
export const PAGE = 100;

export const nameOf = (prefix: string, index: number) =>
  `${prefix}-${String(index).padStart(7, '0')}`;

const config = (index: number) => [
  {
    name: 'motto',
    inline: [
      { path: '/etc/motto', mode: 0o644, content: `device ${index}\n${'#'.repeat(FILE_BYTES)}\n` },
      { path: '/etc/hosts.d/site', user: 'root', group: 'root', content: '10.0.0.1 site\n' },
    ],
  },
  { name: 'base', gitRef: { repository: 'base', targetRevision: 'main', path: '/etc' } },
];

const applications = [
  {
    name: 'collector',
    appType: 'compose',
    image: 'quay.io/example/collector:1.4.2',
    envVars: { LOG_LEVEL: 'info', RETRIES: '5', TARGET: 'https://collector.example.com' },
    volumes: [
      { name: 'data', image: { reference: 'quay.io/example/data:7', pullPolicy: 'Always' } },
    ],
  },
];

const monitor = (monitorType: string, path?: string) => ({
  ...{ monitorType, samplingInterval: '30s', ...(path && { path }) },
  alertRules: [
    { severity: 'Warning', duration: '10m', percentage: 75, description: 'above three quarters' },
    { severity: 'Critical', duration: '5m', percentage: 90, description: 'nearly full' },
  ],
});

/** A device as its owner would write it, of some 2.5 kB. */
export function deviceOf(prefix: string, index: number): object {
  // Pages stay the same while devices are made.
  const site = prefix === PREFIX ? `site-${index % SITES}` : 'made';
  const labels = { site, ring: 'early', revision: '0' };
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name: nameOf(prefix, index), labels },
    spec: {
      os: { image: 'quay.io/example/os:9.4' },
      config: config(index),
      applications,
      systemd: { matchPatterns: ['collector.service', 'chronyd.service'] },
      resources: [monitor('CPU'), monitor('Disk', '/var')],
    },
  };
}

const anyOf = (index: number, devices: number) => nameOf(PREFIX, (index * STRIDE) % devices);

const requests = {
  get: (index: number, { devices }: Load): Request => ({
    method: 'GET',
    path: `${PATH}/${anyOf(index, devices)}`,
  }),
  list: (index: number): Request => ({
    method: 'GET',
    path: `${PATH}?limit=${PAGE}&labelSelector=site%3Dsite-${index % SITES}`,
  }),
  create: (index: number, { prefix }: Load): Request => ({
    ...{ method: 'POST', path: PATH, type: 'application/json' },
    body: JSON.stringify(deviceOf(prefix, index)),
  }),
  patch: (index: number, { devices }: Load): Request => ({
    ...{ method: 'PATCH', path: `${PATH}/${anyOf(index, devices)}` },
    type: 'application/json-patch+json',
    body: JSON.stringify([
      { op: 'replace', path: '/metadata/labels/revision', value: String(index) },
    ]),
  }),
};

export type LoadName = keyof typeof requests;
export const loadNames = Object.keys(requests) as LoadName[];

/** The request with this index; the same in every process. */
export function requestOf(load: Load, index: number): Request {
  return requests[load.part](index, load);
}
