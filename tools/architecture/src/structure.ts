/** The laws about folders and packages: pure functions that return what is wrong, in words. */
import { isDeepStrictEqual } from 'node:util';
import type { Project } from './workspace.js';

const vague = new Set(['common', 'shared', 'core', 'util', 'utils']);

/** What a library exports. */
const oneEntry = { '.': { '@skein/source': './src/index.ts', default: './dist/index.js' } };
/** What an app may export: its migrations, to the tool that runs them. */
const migrationsEntry = {
  './migrations': {
    '@skein/source': './src/migrations/index.ts',
    default: './dist/migrations/index.js',
  },
};

const dependencyFields = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
];

/** Folders that own tables of the engine, besides the apps. */
const engineLibraries = ['libs/event-log', 'libs/blobs'];

/** What the gateway does for all organisations at once, or for none. All else goes through `organisation-database.ts`. */
const acrossOrganisations = [
  'src/resources/organisation-database.ts',
  'src/resources/presence.ts',
  'src/resources/rendered-waiters.ts',
  'src/resources/events/event-searches.ts',
  'src/resources/watch/catch-up.ts',
  'src/resources/watch/log-tail.ts',
];

const isTest = (path: string): boolean => path.endsWith('.spec.ts');

/** A name must say what a library is for. */
export function vagueNames({ folder }: Project): string[] {
  const words = folder.split(/[/-]/).slice(1);
  return words.some((word) => vague.has(word))
    ? [`${folder}: a library is named after what it does`]
    : [];
}

function expectedName(folder: string): string {
  return `@skein/${folder.replace(/^(apps|libs|tools)\//, '').replace('/', '-')}`;
}

function wrongExports({ folder, manifest }: Project): boolean {
  if (folder.startsWith('tools/')) return false;
  const exported = manifest?.exports;
  if (!folder.startsWith('apps/')) return !isDeepStrictEqual(exported, oneEntry);
  return exported !== undefined && !isDeepStrictEqual(exported, migrationsEntry);
}

function allowedExports(folder: string): string {
  return JSON.stringify(folder.startsWith('apps/') ? migrationsEntry : oneEntry);
}

function ownDependencies({ manifest }: Project): string[] {
  return dependencyFields
    .flatMap((field) => Object.keys((manifest?.[field] ?? {}) as Record<string, string>))
    .filter((name) => !name.startsWith('@skein/'));
}

/** Every project is a package with the one form of exports; third-party versions stand in the root only. */
export function packageForm(project: Project): string[] {
  const { folder, manifest } = project;
  if (!manifest) return [`${folder}: has no package.json`];
  const faults = ownDependencies(project).map(
    (name) => `${folder}: ${name} belongs in the root's package.json`,
  );
  if (manifest.name !== expectedName(folder)) {
    faults.push(`${folder}: must be called ${expectedName(folder)}`);
  }
  if (manifest['private'] !== true) faults.push(`${folder}: must be private`);
  if (manifest['type'] !== 'module') faults.push(`${folder}: must be an ES module`);
  if (wrongExports(project)) faults.push(`${folder}: must export ${allowedExports(folder)} only`);
  return faults;
}

/** No package depends on an app. */
export function appDependencies({ folder, manifest }: Project, apps: readonly string[]): string[] {
  return dependencyFields
    .flatMap((field) => Object.keys((manifest?.[field] ?? {}) as Record<string, string>))
    .filter((name) => apps.includes(name))
    .map((name) => `${folder}: must not depend on the app ${name}`);
}

function mayHaveMigrations(folder: string): boolean {
  return folder.startsWith('apps/') || engineLibraries.includes(folder);
}

function isMigration(path: string, text: string): boolean {
  return path.includes('migrations/') || /\bimplements\s+MigrationInterface\b/.test(text);
}

/** Migrations live in `src/migrations/` of the app, or of the engine's library, whose tables they make. */
export function strayMigrations({ folder, files }: Project): string[] {
  return [...files]
    .filter(([path, text]) => !isTest(path) && isMigration(path, text))
    .filter(([path]) => !mayHaveMigrations(folder) || !path.startsWith('src/migrations/'))
    .map(([path]) => `${folder}/${path}: migrations live in src/migrations of their app`);
}

/** Scripts for Redis: the linter does not read them, the law is the same. */
export function strayAppends({ folder, files }: Project): string[] {
  if (folder === 'apps/replayer' || folder.startsWith('tools/')) return [];
  return [...files]
    .filter(([path, text]) => path.endsWith('.lua') && /xadd/i.test(text))
    .map(([path]) => `${folder}/${path}: only the replayer appends to streams`);
}

/** Users' requests reach PostgreSQL in the scope of their organisation, which its policies hold them to. */
export function unscopedRequests({ folder, files }: Project): string[] {
  if (folder !== 'apps/api-gateway') return [];
  return [...files]
    .filter(([path]) => path.startsWith('src/resources/') && !isTest(path))
    .filter(([, text]) => /\bPostgres\b|\.postgres\b|\blog\.(commit|append)\b/.test(text))
    .filter(([path]) => !acrossOrganisations.includes(path))
    .map(([path]) => `${folder}/${path}: must reach PostgreSQL by OrganisationDatabases.of`);
}
