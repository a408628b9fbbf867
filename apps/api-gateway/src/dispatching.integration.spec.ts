import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';
import { Presence } from './resources/presence.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(async () => {
  await door.clear();
  await door.empty('dispatching');
});
afterAll(() => door.close());

describe('the switch of an organisation', () => {
  it('is open until somebody switches it, and says who did, when and why', async () => {
    expect((await call('GET', '/dispatching')).body).toMatchObject({ frozen: false });
    const frozen = await call('PUT', '/dispatching', {
      frozen: true,
      reason: 'the network is down',
    });
    expect(frozen.body).toMatchObject({
      ...{ kind: 'Dispatching', frozen: true, reason: 'the network is down' },
      ...{ actor: expect.any(String), since: expect.any(String) },
    });
    expect(await appended()).toMatchObject([
      {
        type: 'skein.dispatching.switched.v1',
        data: { frozen: true, reason: 'the network is down' },
      },
    ]);
    expect((await call('GET', '/dispatching')).body).toEqual(frozen.body);
  });

  it('says nothing when it is switched to where it is', async () => {
    await call('PUT', '/dispatching', { frozen: true });
    await appended();
    expect((await call('PUT', '/dispatching', { frozen: true })).code).toBe(200);
    expect(await appended()).toEqual([]);
    await call('PUT', '/dispatching', { frozen: false });
    expect(await appended()).toMatchObject([{ data: { frozen: false } }]);
  });

  it.each([[{}], [{ frozen: 'yes' }], [{ frozen: true, why: 'x' }], [[]]])(
    'refuses %j',
    async (body) => {
      expect((await call('PUT', '/dispatching', body)).code).toBe(400);
      expect(await appended()).toEqual([]);
    },
  );
});

describe('a device that falls silent', () => {
  const silence = `update gateway.presence set seen_at = now() - interval '6 minutes'`;
  const uid = async () =>
    (await door.postgres.query<{ uid: string }>('select uid from gateway.devices'))[0]!.uid;

  beforeEach(async () => {
    await call('PUT', '/devices/d', device('d'));
    await appended();
  });

  it('is said to be silent once, and to be back as soon as it is heard of', async () => {
    const presence = door.app.get(Presence);
    await presence.findSilent();
    expect(await appended()).toEqual([]);
    await door.postgres.query(silence);
    await Promise.all([presence.findSilent(), presence.findSilent()]);
    const members = [{ device: await uid(), connected: false }];
    expect(await appended()).toMatchObject([
      { type: 'skein.connection.devices-changed.v1', data: { members } },
    ]);
    await presence.findSilent();
    expect(await appended()).toEqual([]);
    const status = { config: { renderedVersion: '' }, updated: { status: 'Unknown' } };
    await call('PUT', '/devices/d/status', { ...device('d'), status });
    await presence.write();
    const events = await appended();
    expect(events.at(-1)).toMatchObject({
      type: 'skein.connection.devices-changed.v1',
      data: { members: [{ device: await uid(), connected: true }] },
    });
  });

  it('is heard of when it asks for its document', async () => {
    await door.postgres.query(silence);
    const asked = new AbortController();
    const answer = door
      .client('GET', '/api/v1/devices/d/rendered', { signal: asked.signal })
      .catch(() => undefined);
    const presence = door.app.get(Presence);
    const heard = async () => {
      await presence.write();
      const rows = await door.postgres.query<{ recent: boolean }>(
        `select seen_at > now() - interval '1 minute' as recent from gateway.presence`,
      );
      return rows[0]!.recent;
    };
    while (!(await heard()));
    asked.abort();
    await answer;
    await presence.findSilent();
    expect(await appended()).toEqual([]);
  });

  it('that is deleted is not spoken of', async () => {
    await door.postgres.query(silence);
    await call('DELETE', '/devices/d');
    await appended();
    await door.app.get(Presence).findSilent();
    expect(await appended()).toEqual([]);
  });
});
