import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonClient, waitFor, type JsonClient, type Loose } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

const apiVersion = 'flightctl.io/v1beta1';
const INTERVAL_MS = 2_000;

let work: string;
let server: Server;
let start: StartProcess;
let client: JsonClient;
let body = 'one';

const git = (...args: string[]) => execFileSync('git', ['-C', work, ...args]);
function commit(content: string): void {
  mkdirSync(join(work, 'etc'), { recursive: true });
  writeFileSync(join(work, 'etc/motd'), content);
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', content);
}
const call = async (method: string, path: string, sent?: unknown): Promise<Loose> => {
  const answer = await client(method, `/api/v1${path}`, { body: sent });
  if (answer.code >= 400)
    throw new Error(`${method} ${path}: ${answer.code} ${answer.body.message}`);
  return answer.body;
};
const put = (kind: string, plural: string, name: string, spec: object) =>
  call('PUT', `/${plural}/${name}`, { apiVersion, kind, metadata: { name }, spec });
const fleet = (name: string, config: object) =>
  put('Fleet', 'fleets', name, {
    selector: { matchLabels: { fleet: name } },
    template: { spec: { config: [config] } },
  });
const versionsOf = async (name: string): Promise<string[]> => {
  const { items } = await call('GET', `/fleets/${name}/templateversions`);
  return items.map(({ metadata }: Loose) => metadata.name).sort();
};
const until = (what: string, found: () => Promise<unknown>, timeoutMs = 30_000) =>
  waitFor(found, { timeoutMs, message: what }).catch((error: Error) => {
    throw new Error(`${error.message}\n${start.output}`);
  });
const accessOf = async (name: string) =>
  (await call('GET', `/repositories/${name}`)).status.conditions[0];
const eventsOf = async (): Promise<string[]> => {
  const { items } = await call('GET', '/events?limit=1000');
  return items.map(
    ({ reason, message, involvedObject, metadata }: Loose) =>
      `${reason}: ${involvedObject.kind} ${involvedObject.name} ${message} (${metadata.name})`,
  );
};

async function serve(port = 0): Promise<void> {
  server = createServer((_request, response) => void response.end(body));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}
const portOf = () => (server.address() as AddressInfo).port;
const stopServing = () => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};

beforeAll(async () => {
  await serve();
  start = await StartProcess.start(['--no-demo'], {
    SKEIN_REPOSITORY_CHECK_MS: String(INTERVAL_MS),
  });
  await start.line(/Running until Ctrl-C/);
  client = jsonClient(
    () => start.gatewayUrl,
    () => start.headers,
  );
  work = join(start.folder, 'demo', 'watched');
  mkdirSync(work, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', work]);
  commit('one');
  await put('Repository', 'repositories', 'config', { type: 'git', url: `file://${work}` });
  const url = `http://127.0.0.1:${portOf()}`;
  await put('Repository', 'repositories', 'files', { type: 'http', url });
  const at = { repository: 'config', targetRevision: 'main', path: '/etc' };
  await fleet('same', { name: 'motd', gitRef: at });
  const path = '/{{ .metadata.labels.place }}';
  await fleet('dependent', { name: 'motd', gitRef: { ...at, path } });
  const http = { repository: 'files', suffix: '/list', filePath: '/list' };
  await fleet('served', { name: 'list', httpRef: http });
  for (const name of ['same', 'dependent', 'served']) {
    await until(`v1 of ${name}`, async () => (await versionsOf(name)).includes('v1'));
  }
}, 150_000);
afterAll(async () => {
  await start?.[Symbol.asyncDispose]();
  await stopServing();
});

it('a repository says whether it is accessible', async () => {
  for (const name of ['config', 'files']) {
    await until(name, async () => (await accessOf(name)).status === 'True');
  }
});

it('nothing comes of looking while nothing changes', async () => {
  await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
  const before = await eventsOf();
  await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS));
  expect(await eventsOf()).toEqual(before);
  for (const name of ['same', 'dependent', 'served'])
    expect(await versionsOf(name)).toEqual(['v1']);
});

it('a branch that moves makes a new template version of each fleet that uses it', async () => {
  commit('two');
  for (const name of ['same', 'dependent']) {
    await until(`a new version of ${name}`, async () => (await versionsOf(name)).length === 2);
    expect(await versionsOf(name)).toEqual(['v1', expect.stringMatching(/^v1-[0-9a-f]{8}$/)]);
  }
  expect(await versionsOf('served')).toEqual(['v1']);
});

it('so does a file that is served with other contents', async () => {
  body = 'two';
  await until('a new version', async () => (await versionsOf('served')).length === 2);
  expect(await versionsOf('same')).toHaveLength(2);
});

it('a server that goes away and comes back is told of', async () => {
  const port = portOf();
  await stopServing();
  await until('that it is away', async () => (await accessOf('files')).status === 'False');
  expect(await accessOf('files')).toMatchObject({ reason: 'Unreachable' });
  await serve(port);
  await until('that it is back', async () => (await accessOf('files')).status === 'True');
  const about = 'fieldSelector=involvedObject.kind=Repository,involvedObject.name=files';
  const { items } = await call('GET', `/events?${about}&order=asc`);
  const reasons = items.map(({ reason }: Loose) => reason);
  expect(reasons.filter((reason: string) => reason.endsWith('ccessible'))).toEqual([
    'RepositoryAccessible',
    'RepositoryInaccessible',
    'RepositoryAccessible',
  ]);
});
