import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { hostsInLockfile, nxCallsHome, wrongLicense } from './root.js';
import {
  appDependencies,
  packageForm,
  strayAppends,
  strayMigrations,
  unscopedRequests,
  vagueNames,
} from './structure.js';
import { missingWorkerFiles, unexplainedTasks } from './workers.js';
import { readWorkspace, type Manifest, type Project } from './workspace.js';

const root = join(import.meta.dirname, '../../..');
const exported = { '.': { '@skein/source': './src/index.ts', default: './dist/index.js' } };

function project(
  folder: string,
  files: Record<string, string> = {},
  manifest: Manifest = {},
): Project {
  const name = `@skein/${folder.split('/').slice(1).join('-')}`;
  const form = { name, private: true, type: 'module', exports: exported };
  return { folder, files: new Map(Object.entries(files)), manifest: { ...form, ...manifest } };
}

const workerFiles = [
  'src/main.ts',
  'src/app.module.ts',
  'src/rollout.config.ts',
  'src/rollout.consumer.ts',
  'src/rollout.task.ts',
  'src/rollout.view.ts',
  'src/rollout.sweep.ts',
  'src/migrations/1-tables.ts',
];
const worker = (without?: string): Project =>
  project(
    'apps/rollout-service',
    Object.fromEntries(workerFiles.filter((path) => path !== without).map((path) => [path, ''])),
  );

describe('the laws of the structure can be broken', () => {
  it.each(['common', 'shared', 'core', 'utils', 'render-utils'])('refuses libs/%s', (name) => {
    expect(vagueNames(project(`libs/${name}`))).not.toEqual([]);
    expect(vagueNames(project('libs/stream'))).toEqual([]);
  });

  it.each<[string, Manifest]>([
    ['a wrong name', { name: 'stream' }],
    ['a second entry', { exports: { ...exported, './inside': './src/inside.ts' } }],
    ['no exports', { exports: undefined }],
    ['an own dependency', { dependencies: { pg: '8.23.1' } }],
    ['an own peer dependency', { peerDependencies: { pg: '*' } }],
    ['no privacy', { private: false }],
    ['CommonJS', { type: 'commonjs' }],
  ])('refuses a library with %s', (_, manifest) => {
    expect(packageForm(project('libs/stream', {}, manifest))).toHaveLength(1);
  });

  it('refuses an app that opens more than its migrations', () => {
    expect(packageForm(project('apps/repo-service'))).toHaveLength(1);
    const migrations = {
      '@skein/source': './src/migrations/index.ts',
      default: './dist/migrations/index.js',
    };
    const app = project('apps/repo-service', {}, { exports: { './migrations': migrations } });
    expect(packageForm(app)).toEqual([]);
  });

  it('lets packages of the right form pass, and misses a package.json', () => {
    expect(packageForm(project('libs/stream'))).toEqual([]);
    expect(packageForm(project('libs/domain/render'))).toEqual([]);
    expect(packageForm(project('apps/replayer', {}, { exports: undefined }))).toEqual([]);
    expect(packageForm({ ...project('libs/stream'), manifest: undefined })).toHaveLength(1);
  });

  it('refuses a dependency on an app', () => {
    const manifest = { dependencies: { '@skein/replayer': '*', '@skein/events': '*' } };
    expect(appDependencies(project('libs/task', {}, manifest), ['@skein/replayer'])).toHaveLength(
      1,
    );
    expect(appDependencies(project('libs/task', {}, manifest), [])).toEqual([]);
  });

  it.each([
    ['libs/postgres', 'src/migrations/1-tables.ts', ''],
    ['apps/replayer', 'migrations/1-tables.ts', ''],
    ['libs/stream', 'src/tables.ts', 'export class A implements MigrationInterface {}'],
  ])('refuses a migration in %s/%s', (folder, path, text) => {
    expect(strayMigrations(project(folder, { [path]: text }))).toHaveLength(1);
  });

  it.each(['apps/replayer', 'libs/event-log', 'libs/blobs'])('lets %s migrate', (folder) => {
    expect(strayMigrations(project(folder, { 'src/migrations/1-tables.ts': '' }))).toEqual([]);
  });

  it('refuses an appending script outside of the replayer', () => {
    const files = { 'src/append.lua': "redis.call('xadd', KEYS[1])" };
    expect(strayAppends(project('libs/stream', files))).toHaveLength(1);
    expect(strayAppends(project('apps/replayer', files))).toEqual([]);
    expect(strayAppends(project('libs/stream', { 'src/read.lua': 'XREAD' }))).toEqual([]);
  });

  it.each([
    "import { Postgres } from '@skein/postgres';",
    'this.log.postgres.query(READ)',
    'this.log.commit(() => change)',
  ])('refuses a request that reaches PostgreSQL by itself: %s', (text) => {
    const files = (path: string) => project('apps/api-gateway', { [path]: text });
    expect(unscopedRequests(files('src/resources/fleets.service.ts'))).toHaveLength(1);
    expect(unscopedRequests(files('src/resources/presence.ts'))).toEqual([]);
    expect(unscopedRequests(files('src/system/streams.service.ts'))).toEqual([]);
  });

  it.each(workerFiles)('misses %s in a worker', (path) => {
    expect(missingWorkerFiles(worker(path))).toHaveLength(1);
    expect(missingWorkerFiles(worker())).toEqual([]);
    expect(missingWorkerFiles(project('apps/replayer'))).toEqual([]);
  });

  it.each([
    ['no comment', "export const twice = 'twice';"],
    ['another comment first', '/** Runs. */\n/** Safe to run twice. */'],
    ['another reason', '/** Spreads a version over a fleet. */'],
  ])('refuses a task that opens with %s', (_, text) => {
    const files = { 'src/rollout.task.ts': text };
    expect(unexplainedTasks(project('apps/rollout-service', files))).toHaveLength(1);
  });

  it.each(['/** Running it twice is safe: … */\nx', '// Safe to run\n// twice: …\nx'])(
    'lets a task pass that opens with %j',
    (text) => {
      const files = { 'src/rollout.task.ts': text };
      expect(unexplainedTasks(project('apps/rollout-service', files))).toEqual([]);
    },
  );

  it('refuses an Nx that calls home', () => {
    expect(nxCallsHome({})).toHaveLength(2);
    expect(
      nxCallsHome({ analytics: false, neverConnectToCloud: true, nxCloudId: 'x' }),
    ).toHaveLength(1);
    expect(nxCallsHome({ analytics: false, neverConnectToCloud: true })).toEqual([]);
  });

  it('refuses a lockfile that names hosts', () => {
    const locked = (resolved: string) => ({ packages: { 'node_modules/x': { resolved } } });
    expect(hostsInLockfile(locked('https://example.com/x.tgz'))).toHaveLength(1);
    expect(hostsInLockfile(locked('libs/x'))).toEqual([]);
  });

  it('refuses another licence', () => {
    expect(wrongLicense('MIT License')).not.toEqual([]);
  });
});

describe('this workspace keeps the laws of the structure', () => {
  const projects = readWorkspace(root);
  const apps = projects
    .filter(({ folder }) => folder.startsWith('apps/'))
    .map(({ manifest }) => manifest?.name ?? '');
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');

  it('sees the projects', () => {
    expect(projects.map(({ folder }) => folder)).toContain('tools/architecture');
  });

  it.each([
    ['names', vagueNames],
    ['packages', packageForm],
    ['dependencies', (each: Project) => appDependencies(each, apps)],
    ['migrations', strayMigrations],
    ['scripts for Redis', strayAppends],
    ['requests for one organisation', unscopedRequests],
    ['files of workers', missingWorkerFiles],
    ['openings of tasks', unexplainedTasks],
  ])('%s', (_, law) => {
    expect(projects.flatMap(law)).toEqual([]);
  });

  it('files at the root', () => {
    expect(nxCallsHome(JSON.parse(read('nx.json')))).toEqual([]);
    expect(hostsInLockfile(JSON.parse(read('package-lock.json')))).toEqual([]);
    expect(wrongLicense(read('LICENSE'))).toEqual([]);
  });
});
