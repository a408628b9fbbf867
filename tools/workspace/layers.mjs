/** The layers of the house and what each may import: the one table that the linter reads. */

const libs = (...names) => names.map((name) => `libs/${name}`);

/** An adapter stands on PostgreSQL or on Redis, never on both. */
const adapterGround = {
  'libs/stream': libs('redis'),
  'libs/cache': libs('redis'),
  'libs/event-log': libs('postgres'),
  'libs/blobs': libs('postgres'),
  'libs/sources': [],
};

const rooms = {
  chassis: libs('service', 'task'),
  adapter: Object.keys(adapterGround),
  ground: libs('events', 'api', 'config', 'telemetry', 'postgres', 'redis'),
};

/** Doors that one app alone may open: the gateway says what a rollout would do (ADR 0020). */
const appExtras = {
  'apps/api-gateway': libs('api', 'domain/rollout'),
  'apps/replayer': libs('redis'),
};

/** Words that several rooms speak: resources, and the language of their templates. */
const sharedDomain = libs('domain/resource', 'domain/template');

const reach = {
  app: (folder) => [
    ...rooms.chassis,
    ...rooms.adapter,
    ...libs('postgres', 'events', 'config', 'telemetry'),
    ...sharedDomain,
    ...libs(`domain/${roomOf(folder)}`),
    ...(appExtras[folder] ?? []),
  ],
  chassis: () => libs('stream', 'event-log', 'postgres', 'redis', 'events', 'config', 'telemetry'),
  adapter: (folder) => [...adapterGround[folder], ...libs('events', 'telemetry')],
  domain: () => [...sharedDomain, ...libs('events')],
  ground: (folder) => (libs('postgres', 'redis').includes(folder) ? libs('telemetry') : []),
};

/** The layer of a project's folder: app, chassis, adapter, domain, ground or proof. */
export function layerOf(folder) {
  if (folder.startsWith('apps/')) return 'app';
  if (folder.startsWith('libs/domain/')) return 'domain';
  if (folder.startsWith('tools/') || folder === 'libs/testing') return 'proof';
  const found = Object.entries(rooms).find(([, folders]) => folders.includes(folder));
  if (!found)
    throw new Error(`${folder} belongs to no layer: add it to tools/workspace/layers.mjs`);
  return found[0];
}

/** The one word that opens every drawer: the app `rollout-service` and the domain room `rollout` share it. */
export function roomOf(folder) {
  return folder
    .split('/')
    .pop()
    .replace(/-service$/, '')
    .replace(/^api-gateway$/, 'gateway');
}

/** The project's folder in a file's path relative to the workspace, or undefined outside of all projects. */
export function projectOf(path) {
  return /^(?:libs\/domain|libs|apps|tools)\/[^/]+(?=\/)/.exec(path)?.[0];
}

/** The folder of one of our packages by its name (`@skein/domain-render`), derived from the naming law alone. */
export function folderOf(packageName) {
  const name = packageName.replace('@skein/', '');
  if (name.startsWith('domain-')) return `libs/domain/${name.replace('domain-', '')}`;
  if (name.endsWith('-service') || `apps/${name}` in appExtras) return `apps/${name}`;
  const library = `libs/${name}`;
  const known = name === 'testing' || Object.values(rooms).flat().includes(library);
  return known ? library : `tools/${name}`;
}

/** Proof imports any library; tools also use each other. */
function proofMayImport(from, to) {
  return to.startsWith('libs/') || (from.startsWith('tools/') && to.startsWith('tools/'));
}

/** May a file of the project `from` import the project `to`? Tests may also use the proof layer. */
export function mayImport(from, to, { test = false } = {}) {
  const layer = layerOf(from);
  if (layer === 'proof') return proofMayImport(from, to);
  if (layerOf(to) === 'proof') return test;
  return reach[layer](from).includes(to);
}
