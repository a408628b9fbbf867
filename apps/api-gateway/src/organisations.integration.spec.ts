import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as first, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { Tokens } from '../test/tokens.js';

const second = newUid();
const folder = mkdtempSync(join(tmpdir(), 'skein-tokens-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: first, displayName: 'First' },
  { id: second, displayName: 'Second' },
]);
const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

const call = (holder: string, method: string, path: string, body?: unknown) =>
  door.call(method, path, body, tokens.of(holder));
const device = (name: string, labels = {}) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name, labels },
});
const namesIn = (list: Loose) => list.items.map(({ metadata }: Loose) => metadata.name);

/** Numbers what was appended, as the replayer would. */
async function number(): Promise<void> {
  const admin = await Postgres.open({ url: door.database.adminUrl, applicationName: 'test' });
  await admin.query(
    `insert into log.sequence (sequence, position, type)
     select row_number() over (order by position), position, type from log.events`,
  );
  await admin.close();
}

beforeAll(async () => {
  tokens
    .give('one', { role: 'operator', organization: first })
    .give('two', { role: 'operator', organization: second })
    .give(
      'both',
      { role: 'operator', organization: first },
      { role: 'viewer', organization: second },
    )
    .give('all', { role: 'admin', organization: '*' })
    .write();
  const settings = { SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS_FILE: tokens.file };
  await door.openWith({ ...settings, SKEIN_LONG_POLL_MS: '1' });
});
beforeEach(() => door.clear());
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

describe('organisations', () => {
  const kinds = [
    ['devices', device('same', { site: 'a' })],
    ['fleets', { ...device('same'), kind: 'Fleet', spec: { template: { spec: {} } } }],
    [
      'repositories',
      { ...device('same'), kind: 'Repository', spec: { type: 'git', url: 'https://192.0.2.1/a' } },
    ],
  ] as const;

  it.each(kinds)('have %s of their own', async (path, body) => {
    expect((await call('one', 'POST', `/${path}`, body)).code).toBe(201);
    expect((await call('two', 'GET', `/${path}/same`)).code).toBe(404);
    expect((await call('two', 'DELETE', `/${path}/same`)).code).toBe(404);
    const labelled = { ...body, metadata: { name: 'same', labels: { site: 'b' } } };
    expect((await call('two', 'PUT', `/${path}/same`, labelled)).code).toBe(201);
    const { body: mine } = await call('one', 'GET', `/${path}/same`);
    expect(mine.metadata.labels).toEqual(body.metadata.labels);
    for (const holder of ['one', 'two']) {
      expect(namesIn((await call(holder, 'GET', `/${path}`)).body)).toEqual(['same']);
    }
    expect((await call('two', 'DELETE', `/${path}/same`)).code).toBe(200);
    expect((await call('one', 'GET', `/${path}/same`)).code).toBe(200);
  });

  it('do not see labels and events of others', async () => {
    await call('one', 'PUT', '/devices/d', device('d', { site: 'hidden' }));
    expect((await call('two', 'GET', '/labels?kind=Device')).body).toEqual([]);
    const { body } = await call('two', 'GET', '/events');
    expect(JSON.stringify(body)).not.toContain('"d"');
  });

  it('do not share Idempotency-Keys or places in lists', async () => {
    const keyed = (holder: string) =>
      door.call('POST', '/devices', device('k'), { ...tokens.of(holder), 'idempotency-key': 'k' });
    const [mine, others] = [await keyed('one'), await keyed('two')];
    expect([mine.code, others.code]).toEqual([201, 201]);
    await call('one', 'PUT', '/devices/l', device('l'));
    const { body: page } = await call('one', 'GET', '/devices?limit=1');
    const { code } = await call('two', 'GET', `/devices?continue=${page.metadata.continue}`);
    expect(code).toBe(400);
    await number();
    const { body: events } = await call('one', 'GET', '/events?limit=1');
    const elsewhere = `/events?continue=${events.metadata.continue}`;
    expect((await call('one', 'GET', elsewhere)).code).toBe(200);
    expect((await call('two', 'GET', elsewhere)).code).toBe(400);
  });

  it('are shown to who has a role in them', async () => {
    const shown = async (holder: string) =>
      namesIn((await call(holder, 'GET', '/organizations')).body).sort();
    expect(await shown('one')).toEqual([first]);
    expect(await shown('both')).toEqual([first, second].sort());
    expect(await shown('all')).toEqual([first, second].sort());
  });
});
