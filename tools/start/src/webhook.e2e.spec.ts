import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonClient, waitFor, type JsonClient, type Loose } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

const apiVersion = 'flightctl.io/v1beta1';
const secret = 'what the git server signs with';
const HOUR_MS = '3600000';

let work: string;
let start: StartProcess;
let client: JsonClient;

const git = (...args: string[]) => execFileSync('git', ['-C', work, ...args]);
function commit(content: string): void {
  writeFileSync(join(work, 'motd'), content);
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', content);
}
const put = (path: string, body: object) => client('PUT', `/api/v1${path}`, { body });
const versions = async (): Promise<string[]> => {
  const { body } = await client('GET', '/api/v1/fleets/f/templateversions');
  return body.items.map(({ metadata }: Loose) => metadata.name).sort();
};
const until = (what: string, found: () => Promise<unknown>) =>
  waitFor(found, { timeoutMs: 60_000, message: what }).catch((error: Error) => {
    throw new Error(`${error.message}\n${start.output}`);
  });
const push = (body: string, key = secret) =>
  client('POST', '/api/v1/repositories/config/webhook', {
    body,
    headers: {
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    },
  });

beforeAll(async () => {
  start = await StartProcess.start(['--no-demo'], {
    SKEIN_REPOSITORY_CHECK_MS: HOUR_MS,
  });
  await start.line(/Running until Ctrl-C/);
  work = join(start.folder, 'demo', 'watched');
  mkdirSync(work, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', work]);
  commit('one');
  client = jsonClient(
    () => start.gatewayUrl,
    () => start.headers,
  );
  await put('/repositories/config', {
    ...{ apiVersion, kind: 'Repository', metadata: { name: 'config' } },
    spec: { type: 'git', url: `file://${work}` },
  });
  await put('/repositories/config/webhook', { secret });
  const gitRef = { repository: 'config', targetRevision: 'main', path: '/' };
  await put('/fleets/f', {
    ...{ apiVersion, kind: 'Fleet', metadata: { name: 'f' } },
    spec: {
      selector: { matchLabels: { fleet: 'f' } },
      template: { spec: { config: [{ name: 'motd', gitRef }] } },
    },
  });
  await until('v1', async () => (await versions()).includes('v1'));
  await until('the first look', async () => {
    const { body } = await client('GET', '/api/v1/events');
    return body.items.some(({ reason }: Loose) => reason === 'ReferencedRepositoryUpdated');
  });
}, 150_000);
afterAll(async () => {
  await start?.[Symbol.asyncDispose]();
});

it('a push that is signed makes a new template version an hour before its time', async () => {
  commit('two');
  expect((await push('{"forged":true}', 'another secret')).code).toBe(401);
  expect((await push('{"ref":"refs/heads/main"}')).code).toBe(202);
  await until('a new template version', async () => (await versions()).length === 2);
  expect(await versions()).toEqual(['v1', expect.stringMatching(/^v1-[0-9a-f]{8}$/)]);
});
