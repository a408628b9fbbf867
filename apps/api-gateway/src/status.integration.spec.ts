import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

describe('status', () => {
  const report = (renderedVersion: string, status: string, more: object = {}) => ({
    ...device('d1'),
    status: { config: { renderedVersion }, updated: { status }, ...more },
  });

  it('enters the log only when what the device runs has changed', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await appended();
    const reported = await call('PUT', '/devices/d1/status', report('', 'Unknown'));
    expect(reported.code).toBe(200);
    expect(await appended()).toMatchObject([
      {
        type: 'skein.device.status-reported.v1',
        version: 2,
        data: { renderedVersion: 0, updated: 'Unknown' },
      },
    ]);
    await call(
      'PUT',
      '/devices/d1/status',
      report('', 'Unknown', { os: { image: 'i', imageDigest: 'd' } }),
    );
    expect(await appended()).toEqual([]);
    const { body } = await call('GET', '/devices/d1/status');
    expect(body['status']).toMatchObject({ os: { image: 'i' }, lastSeen: expect.any(String) });
    await call('PUT', '/devices/d1/status', report('3', 'Updating'));
    expect(typesOf(await appended())).toEqual(['device.status-reported']);
    expect((await call('GET', '/devices/d1')).body['metadata'].resourceVersion).toBe('3');
  });

  it('of the same news from many at once enters the log once', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await appended();
    await Promise.all(
      Array.from({ length: 6 }, () => call('PUT', '/devices/d1/status', report('1', 'UpToDate'))),
    );
    expect(await appended()).toHaveLength(1);
  });

  it('is refused when it is wrong or of nobody', async () => {
    expect((await call('PUT', '/devices/d1/status', report('1', 'UpToDate'))).code).toBe(404);
    expect((await call('PUT', '/devices/d1/status', report('one', 'Soon'))).code).toBe(400);
    await call('PUT', '/devices/d1', device('d1'));
    expect((await call('PUT', '/devices/d1/status', device('d1'))).code).toBe(400);
  });
});
