import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as own, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { Tokens } from '../test/tokens.js';

const other = newUid();
const folder = mkdtempSync(join(tmpdir(), 'skein-device-tokens-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: own, displayName: 'Own' },
  { id: other, displayName: 'Other' },
]);
const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

const call = (holder: string, method: string, path: string, body?: unknown) =>
  door.call(method, path, body, tokens.of(holder));
const device = (name: string) => ({
  apiVersion: 'flightctl.io/v1beta1',
  kind: 'Device',
  metadata: { name },
});
const as = (token: string, method: string, path: string, body?: unknown) =>
  door.call(method, path, body, { authorization: `Bearer ${token}` });
const issue = async (name: string): Promise<Loose> =>
  (await call('installer', 'POST', `/devices/${name}/tokens`)).body;

beforeAll(async () => {
  tokens
    .give('installer', { role: 'installer', organization: own })
    .give('operator', { role: 'operator', organization: own })
    .give('others', { role: 'operator', organization: other })
    .write();
  const settings = { SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS_FILE: tokens.file };
  await door.openWith({ ...settings, SKEIN_LONG_POLL_MS: '1' });
});
beforeEach(async () => {
  await door.clear();
  await call('installer', 'POST', '/devices', device('d'));
  await call('installer', 'POST', '/devices', device('e'));
  await door.appended();
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

describe('a token of a device', () => {
  it('is made by an installer, shown once, and is good for that device only', async () => {
    const { code, body } = await call('installer', 'POST', '/devices/d/tokens');
    expect([code, body.kind, body.spec]).toEqual([
      201,
      'DeviceToken',
      { device: 'd', createdBy: 'installer' },
    ]);
    expect((await as(body.token, 'GET', '/devices/d/rendered')).code).toBe(204);
    expect((await as(body.token, 'GET', '/devices/e/rendered')).code).toBe(403);
    expect((await as(body.token, 'GET', '/devices/d')).code).toBe(403);
    expect((await as(body.token, 'GET', `/devices/d/rendered?org_id=${other}`)).code).toBe(403);
    const { body: list } = await call('installer', 'GET', '/devices/d/tokens');
    expect(list.items.map(({ metadata }: Loose) => metadata.name)).toEqual([body.metadata.name]);
    expect(JSON.stringify(list)).not.toContain(body.token);
  });

  it('names the device in the events of what it says', async () => {
    const { token } = await issue('d');
    await door.appended();
    const status = { ...device('d'), status: { config: { renderedVersion: '7' } } };
    expect((await as(token, 'PUT', '/devices/d/status', status)).code).toBe(200);
    expect((await door.appended()).map((row: Loose) => row.actor)).toEqual(['device/d']);
  });

  it('lies nowhere: the table has its digest, the log its id', async () => {
    const { token, metadata } = await issue('d');
    const [row] = await door.postgres.query<Loose>('select * from gateway.device_tokens');
    expect(row.digest).toEqual(createHash('sha256').update(token).digest());
    const events = await door.appended();
    expect(typesOf(events)).toEqual(['device.token-issued']);
    expect(events[0]!.data).toEqual({ token: metadata.name });
    const all = await door.postgres.query<Loose>(
      'select t::text from gateway.device_tokens t union all select e::text from log.events e',
    );
    expect(JSON.stringify(all)).not.toContain(token.slice(4));
  });

  it('is worth nothing from when it is revoked, and others stay', async () => {
    const [first, second] = [await issue('d'), await issue('d')];
    const path = `/devices/d/tokens/${first.metadata.name}`;
    expect((await call('operator', 'DELETE', path)).code).toBe(200);
    expect((await as(first.token, 'GET', '/devices/d/rendered')).code).toBe(401);
    expect((await as(second.token, 'GET', '/devices/d/rendered')).code).toBe(204);
    expect((await call('operator', 'DELETE', path)).code).toBe(404);
    expect((await call('operator', 'DELETE', '/devices/d/tokens/x')).code).toBe(404);
    expect(typesOf(await door.appended()).at(-1)).toBe('device.token-revoked');
  });

  it('goes with its device, also when one of the same name comes', async () => {
    const { token } = await issue('d');
    await call('operator', 'DELETE', '/devices/d');
    expect((await as(token, 'GET', '/devices/d/rendered')).code).toBe(401);
    await call('operator', 'PUT', '/devices/d', device('d'));
    expect((await as(token, 'GET', '/devices/d/rendered')).code).toBe(401);
  });

  it('is not made for devices of others, or of nobody, or without end', async () => {
    expect((await call('others', 'POST', '/devices/d/tokens')).code).toBe(404);
    expect((await call('others', 'GET', '/devices/d/tokens')).code).toBe(404);
    expect((await call('installer', 'POST', '/devices/nobody/tokens')).code).toBe(404);
    for (let made = 0; made < 10; made += 1) await issue('e');
    const { code, body } = await call('installer', 'POST', '/devices/e/tokens');
    expect([code, body.message]).toEqual([409, expect.stringContaining('revoke one')]);
  });

  it.each([
    (token: string) => `${token}x`,
    (token: string) => token.slice(0, -1),
    (token: string) => token.toUpperCase(),
    () => `skd_${'A'.repeat(64)}`,
    (token: string) => token.slice(0, 30) + 'A'.repeat(38),
  ])('changed as %s is refused', async (change) => {
    const { token } = await issue('d');
    expect((await as(change(token), 'GET', '/devices/d/rendered')).code).toBe(401);
  });
});
