import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Sealer, SealedStore } from '@skein/blobs';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

describe('credentials', () => {
  const httpConfig = { username: 'u', password: 'first secret', skipServerVerification: true };

  async function opened(id: string, uid: string): Promise<Loose> {
    const sealed = await new SealedStore(door.postgres).get({ org, id });
    return JSON.parse(door.app.get(Sealer).open({ org, uid }, sealed!).toString());
  }

  it('do not go to another server behind a mask', async () => {
    await call('POST', '/repositories', repository('r', { httpConfig }));
    const masked = { httpConfig: { ...httpConfig, password: '*****' } };
    const moved = { ...masked, url: 'https://elsewhere.example/r.git' };
    const refused = await call('PUT', '/repositories/r', repository('r', moved));
    expect([refused.code, refused.body['message']]).toEqual([
      400,
      expect.stringContaining('spec.url'),
    ]);
    const samePlace = { ...masked, url: 'https://example.com/other.git' };
    expect((await call('PUT', '/repositories/r', repository('r', samePlace))).code).toBe(200);
    const anew = { ...moved, httpConfig };
    expect((await call('PUT', '/repositories/r', repository('r', anew))).code).toBe(200);
  });

  it('are sealed, masked, and in no event', async () => {
    const created = await call('POST', '/repositories', repository('r', { httpConfig }));
    expect(created.body['spec'].httpConfig).toEqual({ ...httpConfig, password: '*****' });
    const [event] = await appended();
    expect(event!.data['spec'].httpConfig).toEqual({ skipServerVerification: true });
    expect(await opened(event!.data['credentials'], String(event!['subject']))).toEqual({
      username: 'u',
      password: 'first secret',
    });
    const [row] = await door.postgres.query<{ text: string }>(
      'select row_to_json(r)::text as text from gateway.repositories r',
    );
    expect(row!.text).not.toContain('first secret');
  });

  it('stay as they are when the mask is sent back, and change when they change', async () => {
    const { body } = await call('POST', '/repositories', repository('r', { httpConfig }));
    await appended();
    expect((await call('PUT', '/repositories/r', body)).code).toBe(200);
    expect(await appended()).toEqual([]);
    const moved = { ...httpConfig, password: '*****', username: 'other' };
    await call('PUT', '/repositories/r', repository('r', { httpConfig: moved }));
    const [event] = await appended();
    expect(await opened(event!.data['credentials'], String(event!['subject']))).toEqual({
      username: 'other',
      password: 'first secret',
    });
    await call('PUT', '/repositories/r', repository('r'));
    expect((await appended())[0]!.data['credentials']).toBeNull();
  });

  it('of ssh are sealed, masked and in no event, and stay with their server', async () => {
    const sshConfig = { sshPrivateKey: 'the key', privateKeyPassphrase: 'the passphrase' };
    const url = 'ssh://git@example.com/r.git';
    const spec = { url, sshConfig: { ...sshConfig, skipServerVerification: true } };
    const created = await call('POST', '/repositories', repository('r', spec));
    const masked = { sshPrivateKey: '*****', privateKeyPassphrase: '*****' };
    const shown = { ...masked, skipServerVerification: true };
    expect(created.body['spec'].sshConfig).toEqual(shown);
    const [event] = await appended();
    expect(event!.data['spec'].sshConfig).toEqual({ skipServerVerification: true });
    expect(JSON.stringify(event)).not.toMatch(/the key|the passphrase/);
    expect(await opened(event!.data['credentials'], String(event!['subject']))).toEqual(sshConfig);
    const moved = repository('r', { url: 'ssh://git@example.com:2222/r.git', sshConfig: shown });
    expect((await call('PUT', '/repositories/r', moved)).code).toBe(400);
  });

  it('cannot be kept where there are none', async () => {
    const masked = repository('r', { httpConfig: { token: '*****' } });
    const refused = await call('POST', '/repositories', masked);
    expect(refused).toMatchObject({
      code: 400,
      body: { message: expect.stringContaining('token is masked') },
    });
  });
});
