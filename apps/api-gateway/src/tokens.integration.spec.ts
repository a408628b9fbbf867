import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as first, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor, type Loose } from '@skein/testing';
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

describe('a token', () => {
  it('is asked for, and how it is sent is said', async () => {
    const { code, body, headers } = await door.call('GET', '/devices');
    expect([code, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(body).toMatchObject({ kind: 'Status', reason: 'Unauthorized' });
    expect(body.message).toContain('Authorization: Bearer <token>');
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer  ',
    'Basic b25lOnR3bw==',
    'Bearer wrong',
    `Bearer ${'x'.repeat(8_193)}`,
    'Bearer a b',
  ])('is refused as %.40s', async (authorization) => {
    const { code, body } = await door.call('GET', '/devices', undefined, { authorization });
    expect([code, body.reason]).toEqual([401, 'Unauthorized']);
  });

  it('is not its digest, and stands in no URL', async () => {
    const { authorization } = tokens.of('one');
    const token = authorization!.replace('Bearer ', '');
    const { code } = await door.call('GET', `/devices?access_token=${token}&token=${token}`);
    expect(code).toBe(401);
  });

  it('names the actor of what was done with it', async () => {
    await call('one', 'PUT', '/devices/d', device('d'));
    const rows = await door.postgres.query<Loose>('select actor, org from log.events');
    expect(rows).toEqual([{ actor: 'one', org: first }]);
  });

  it('that is taken away or given anew counts soon, and a broken file changes nothing', async () => {
    tokens.give('new', { role: 'viewer', organization: first }).write();
    await waitFor(async () => (await call('new', 'GET', '/devices')).code === 200);
    writeFileSync(tokens.file, '{');
    const until = Date.now() + 1_500;
    while (Date.now() < until) expect((await call('new', 'GET', '/devices')).code).toBe(200);
    const before = tokens.of('new');
    tokens.take('new').write();
    await waitFor(async () => (await door.call('GET', '/devices', undefined, before)).code === 401);
  });
});

describe('which organisation is meant', () => {
  it('is clear for who has one', async () => {
    expect((await call('one', 'PUT', '/devices/d', device('d'))).code).toBe(201);
    expect(namesIn((await call('one', 'GET', '/devices')).body)).toEqual(['d']);
    expect(namesIn((await call('two', 'GET', '/devices')).body)).toEqual([]);
  });

  it('must be said by who has more', async () => {
    const { code, body } = await call('both', 'GET', '/devices');
    expect([code, body.message]).toEqual([
      400,
      'org_id: is missing, and you belong to more than one organization',
    ]);
    expect((await call('both', 'GET', `/devices?org_id=${second}`)).code).toBe(200);
  });

  it.each(['x', '*', "'", second.slice(1)])('is not %s', async (text) => {
    const { code, body } = await call('all', 'GET', `/devices?org_id=${encodeURIComponent(text)}`);
    expect([code, body.message]).toEqual([
      400,
      'org_id: must be the id of an organization, a UUID',
    ]);
  });

  it('decides which role counts', async () => {
    const write = (org: string) => call('both', 'PUT', `/devices/d?org_id=${org}`, device('d'));
    expect((await write(first)).code).toBe(201);
    const { code, body } = await write(second);
    expect([code, body.message]).toEqual([
      403,
      `both may not update devices in organization ${second}`,
    ]);
  });

  it('is no matter of whether it exists', async () => {
    const [others, nobodys] = [second, newUid()];
    const said = async (org: string) => {
      const { code, body } = await call('one', 'GET', `/devices?org_id=${org}`);
      return [code, body.message.replace(org, 'it')];
    };
    expect(await said(others)).toEqual(await said(nobodys));
  });
});

describe('what a holder is told', () => {
  it('is how to get in', async () => {
    const { code, body } = await door.call('GET', '/auth/config');
    expect([code, body.organizationsEnabled, body.providers]).toEqual([200, true, []]);
  });

  it('is that the token is good, and whose it is', async () => {
    expect((await call('one', 'GET', '/auth/validate')).body).toMatchObject({ code: 200 });
    expect((await door.call('GET', '/auth/validate')).code).toBe(401);
    const { body } = await call('both', 'GET', '/auth/userinfo');
    expect(body).toMatchObject({ sub: 'both', preferred_username: 'both' });
    expect(body.organizations).toHaveLength(2);
  });

  it('is what it allows, where', async () => {
    const of = async (org: string) => {
      const { body } = await call('both', 'GET', `/auth/permissions?org_id=${org}`);
      const found = body.permissions.find(({ resource }: Loose) => resource === 'devices');
      return found.operations;
    };
    expect(await of(second)).toEqual(['get', 'list']);
    expect(await of(first)).toEqual(['get', 'list', 'create', 'update', 'patch', 'delete']);
    const { body } = await call('one', 'GET', '/auth/permissions');
    expect(JSON.stringify(body)).not.toContain('system');
  });
});

describe('a device', () => {
  beforeEach(async () => {
    await call('one', 'PUT', '/devices/d', device('d'));
    await call('one', 'PUT', '/devices/e', device('e'));
    const [row] = await door.postgres.query<{ uid: string }>(
      `select uid from gateway.devices where name = 'd'`,
    );
    tokens.give('d', { role: 'device', organization: first, device: row!.uid }).write();
    await waitFor(async () => (await call('d', 'GET', '/organizations')).code === 200);
  });

  it('speaks for itself', async () => {
    expect((await call('d', 'GET', '/devices/d/rendered')).code).toBe(204);
    const status = { ...device('d'), status: { config: { renderedVersion: '1' } } };
    expect((await call('d', 'PUT', '/devices/d/status', status)).code).toBe(200);
    expect((await call('d', 'GET', '/devices/d/status')).code).toBe(200);
  });

  it.each(['e', 'nobody'])('does not speak for %s', async (name) => {
    const status = { ...device(name), status: { config: { renderedVersion: '1' } } };
    const answers = [
      await call('d', 'GET', `/devices/${name}/rendered`),
      await call('d', 'PUT', `/devices/${name}/status`, status),
      await call('d', 'GET', `/devices/${name}/status`),
    ];
    const refused = { code: 403, message: 'a device may speak for itself only' };
    expect(answers.map(({ code, body }) => ({ code, message: body.message }))).toEqual(
      answers.map(() => refused),
    );
  });

  it('of the same name that is made anew is another one', async () => {
    await call('one', 'DELETE', '/devices/d');
    await call('one', 'PUT', '/devices/d', device('d'));
    expect((await call('d', 'GET', '/devices/d/rendered')).code).toBe(403);
  });
});
