import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor, type Loose } from '@skein/testing';
import { device } from '../test/manifests.js';
import { TwoOrganisations } from '../test/two-organisations.js';

const scene = new TwoOrganisations({ migratedDatabase, jsonClient, environment: process.env });
const { call, door, first, second, tokens } = scene;
const namesIn = (list: Loose) => list.items.map(({ metadata }: Loose) => metadata.name);

beforeAll(() => scene.open());
beforeEach(() => door.clear());
afterAll(() => scene.close());

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
  });

  it('tells of the system only who is administrator of everything', async () => {
    const roles = [
      { role: 'viewer', organization: '*' },
      { role: 'admin', organization: first },
    ];
    tokens.give('mixed', ...roles).write();
    await waitFor(async () => (await call('mixed', 'GET', '/auth/validate')).code === 200);
    const hears = async (holder: string) =>
      JSON.stringify((await call(holder, 'GET', '/auth/permissions')).body).includes('system');
    expect([await hears('one'), await hears('mixed'), await hears('all')]).toEqual([
      ...[false, false, true],
    ]);
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
