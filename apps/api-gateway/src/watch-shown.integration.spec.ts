import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deviceCreated, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { fleet, repository } from '../test/manifests.js';
import { WatchScene } from '../test/watch-scene.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, watch, follow, positionOf, put, settle, settled } = scene;

beforeAll(() => scene.open());
afterEach(async () => {
  await scene.hangUp();
  await scene.empty('repositories', 'fleets', 'devices');
});
afterAll(() => scene.close());

describe('a watch of events', () => {
  it('tells those that come, in their order, as the list shows them', async () => {
    await put('before');
    await settled();
    const fieldSelector = 'involvedObject.kind=Device,reason in (ResourceCreated,ResourceDeleted)';
    const resourceVersion = await positionOf('events', { fieldSelector });
    await put('a');
    const client = await watch('events', { fieldSelector, resourceVersion });
    await put('a', { not: 'asked' });
    await call('PUT', '/fleets/f', fleet('f'));
    await call('DELETE', '/devices/a');
    await settle();
    await client.until(() => client.told.length === 2);
    const list = await scene.listOf('events', { fieldSelector, order: 'asc' });
    const told = client.sent.filter(({ type }) => type === 'ADDED').map(({ object }) => object);
    expect(told).toEqual(list.items.slice(-2));
    expect(told.map(({ message }) => message)).toEqual([
      'Device a was created',
      'Device a was deleted',
    ]);
  });

  it('without a position begins now', async () => {
    await put('before');
    await settled();
    const client = await watch('events');
    await client.until(() => client.types.includes('BOOKMARK'));
    await put('after');
    await settle();
    await client.until(() => client.told.length === 1);
    expect(client.sent.find(({ type }) => type === 'ADDED')!.object.message).toBe(
      'Device after was created',
    );
  });
});

describe('what is shown', () => {
  it('of fleets and repositories changes with their labels, too', async () => {
    const [fleets, repositories] = [await follow('fleets'), await follow('repositories')];
    const labels = { team: 'north' };
    for (const [path, body] of [
      ['/fleets/f', fleet('f')],
      ['/repositories/r', repository('r')],
    ] as const) {
      await call('PUT', path, body);
      await settled();
      await call('PUT', path, { ...body, metadata: { ...body.metadata, labels } });
    }
    await settle();
    await fleets.until(() => fleets.known.has('f'));
    for (const [client, name] of [
      [fleets, 'f'],
      [repositories, 'r'],
    ] as const) {
      await client.until(() => client.known.get(name)?.metadata.labels.team === 'north');
    }
    await call('DELETE', '/repositories/r');
    await settle();
    await repositories.until(() => repositories.told.includes('DELETED r'));
  });

  it('of devices changes with what they report of themselves', async () => {
    await put('a');
    await settled();
    const client = await follow('devices', { fieldSelector: 'status.summary.status=Error' });
    const report = (status: string) =>
      call('PUT', '/devices/a/status', {
        ...{ apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name: 'a' } },
        status: { summary: { status }, updated: { status: 'Unknown' } },
      });
    await report('Online');
    await report('Error');
    await settle();
    await client.until(() => client.known.has('a'));
    await report('Online');
    await settle();
    await client.until(() => client.told.includes('DELETED a'));
  });

  it('of another organisation is told to nobody', async () => {
    const client = await follow('devices');
    const org = newUid();
    await scene.device('theirs', {}, org);
    const [row] = await scene.admin.query<{ uid: string }>(
      `select uid from gateway.devices where name = 'theirs'`,
    );
    const data = { name: 'theirs', labels: {}, spec: null, generation: 1 };
    await scene.say(deviceCreated, row!.uid, data, { org });
    await put('ours');
    await settle();
    await client.until(() => client.known.has('ours'));
    expect(client.told).toEqual(['ADDED ours']);
  });
});
