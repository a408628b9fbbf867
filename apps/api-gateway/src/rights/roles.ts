/** What can be done, in Kubernetes' words. */
export const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete'] as const;
export type Verb = (typeof verbs)[number];

const write = ['create', 'update', 'patch', 'delete'] as const;

/** What somebody may do: to which resources, which verbs. */
export type Rights = Readonly<Record<string, readonly Verb[]>>;

const ownResources = {
  devices: verbs,
  'devices/status': ['get', 'update', 'patch'],
  'devices/lastseen': ['get'],
  'devices/rendered': ['get'],
  'devices/tokens': ['list', 'create', 'delete'],
  fleets: verbs,
  'fleets/status': ['get', 'update', 'patch'],
  templateversions: ['get', 'list', 'delete'],
  repositories: verbs,
  'repositories/webhook': ['update', 'delete'],
  rollouts: ['get', 'list', 'create', 'update'],
  dispatching: ['get', 'update'],
  events: ['list'],
  labels: ['list'],
} as const satisfies Rights;

/** What belongs to no organisation: the streams, the servers of keys and values, events that wait in services. */
const systemResources = {
  'system/streams': ['list'],
  'system/kv': ['list'],
  'system/waitingevents': ['get', 'list', 'update', 'delete'],
} as const satisfies Rights;

export type Resource = keyof typeof ownResources | keyof typeof systemResources;

/** Whether it takes the rights of an administrator of all organisations. */
export function isOfTheSystem(resource: Resource): boolean {
  return resource in systemResources;
}

const viewer: Rights = {
  devices: ['get', 'list'],
  'devices/status': ['get'],
  'devices/lastseen': ['get'],
  fleets: ['get', 'list'],
  'fleets/status': ['get'],
  templateversions: ['get', 'list'],
  repositories: ['get', 'list'],
  rollouts: ['get', 'list'],
  dispatching: ['get'],
  events: ['list'],
  labels: ['list'],
};

const rightsOf = {
  admin: ownResources,
  operator: {
    ...viewer,
    devices: ['get', 'list', ...write],
    'devices/tokens': ['list', 'create', 'delete'],
    fleets: ['get', 'list', ...write],
    templateversions: ['get', 'list', 'delete'],
    repositories: ['get', 'list', ...write],
    'repositories/webhook': ['update', 'delete'],
    rollouts: ['get', 'list', 'create', 'update'],
    dispatching: ['get', 'update'],
  },
  viewer,
  installer: {
    devices: ['get', 'list', 'create'],
    'devices/tokens': ['list', 'create', 'delete'],
  },
  // Of itself only, which is asked where the device is known.
  device: { 'devices/rendered': ['get'], 'devices/status': ['get', 'update', 'patch'] },
} as const satisfies Readonly<Record<string, Rights>>;

export type Role = keyof typeof rightsOf;
export const roles = Object.keys(rightsOf) as Role[];

/** What is in no table is not allowed. */
export function mayDo(role: Role, resource: Resource, verb: Verb): boolean {
  const rights: Rights = rightsOf[role];
  return rights[resource]?.includes(verb) ?? false;
}

/** What somebody with these roles may do in an organisation, and to the system itself. */
export function rightsWith(held: readonly Role[], ofSystem: boolean): Rights {
  const all = held.map((role): Rights => rightsOf[role]);
  const system = ofSystem ? [systemResources] : [];
  const merged = new Map<string, Set<Verb>>();
  for (const rights of [...all, ...system] as Rights[]) {
    for (const [resource, allowed] of Object.entries(rights)) {
      merged.set(resource, new Set([...(merged.get(resource) ?? []), ...allowed]));
    }
  }
  return Object.fromEntries([...merged].map(([resource, allowed]) => [resource, [...allowed]]));
}
