import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  devicesMatched,
  devicesSelected,
  deviceStatusReported,
  fleetValidated,
  newUid,
  rolloutStarted,
  rolloutStopped,
  rolloutWaiting,
  templateVersionCreated,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { EventScene } from '../test/event-scene.js';
import { fleet } from '../test/manifests.js';
import { spanOf } from './resources/events/event-time.js';

const scene = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, say, named, list, history, number } = scene;

beforeAll(() => scene.open());
beforeEach(() => scene.clear());
afterAll(() => scene.close());

describe('what cannot be told', () => {
  it.each(['null', '5', '{"members": 5}', '{"members": [null]}', '{"fleet": {}, "members": []}'])(
    'is said to be so, and hides nothing else: %s',
    async (data) => {
      const uid = await named('Device', 'd');
      await say(devicesMatched, uid, data as never);
      await say(devicesSelected, uid, data as never);
      await say(deviceStatusReported, uid, { renderedVersion: 1, updated: 'UpToDate' });
      await number();
      const { items } = await list({ order: 'asc' });
      expect(items).toHaveLength(3);
      for (const event of items.slice(0, 2)) {
        expect(event).toMatchObject({
          reason: 'UnreadableEvent',
          type: 'Warning',
          involvedObject: { kind: expect.any(String), name: 'd' },
        });
      }
      const found = await list({ fieldSelector: 'reason=UnreadableEvent' });
      expect(found.items).toContainEqual(items[0]);
      expect(await history('Device', 'd')).toContainEqual(items[2]);
    },
  );
});

describe('the history of a fleet', () => {
  it('has its validation, its template versions and its rollouts', async () => {
    await call('PUT', '/fleets/f', fleet('f'));
    await call('PUT', '/fleets/f', fleet('f', { template: { spec: { os: { image: 'os:2' } } } }));
    const [{ uid: f }] = (await scene.admin.query<{ uid: string }>(
      'select uid from gateway.fleets',
    )) as [{ uid: string }];
    const version = await named('TemplateVersion', 'v2');
    const members = Array.from({ length: 40 }, () => ({ device: newUid() }));
    const about = { fleet: f, templateVersion: version };
    const rollout = newUid();
    const minted = { name: 'v2', fleet: f, generation: 2, spec: {}, frozen: {} };
    await say(fleetValidated, f, {
      generation: 1,
      valid: false,
      reason: 'Invalid',
      message: 'no such repository',
    });
    await say(templateVersionCreated, version, minted);
    await say(rolloutStarted, rollout, { ...about, strategy: 'BatchSequence' });
    await say(devicesSelected, rollout, { ...about, batch: 1, members });
    const counts = { devices: 40, updated: 10, failed: 30 };
    const waits = {
      reason: 'SuccessThreshold',
      message: 'too few',
      batch: 1,
      threshold: 90,
    } as const;
    await say(rolloutWaiting, rollout, { ...about, ...counts, ...waits });
    const stops = { reason: 'ErrorThreshold', message: '30 of 40 devices failed' } as const;
    await say(rolloutStopped, rollout, { ...about, ...counts, ...stops });
    const events = await history('Fleet', 'f');
    expect(events.map(({ reason, type, message }) => `${type} ${reason}: ${message}`)).toEqual([
      'Normal ResourceCreated: Fleet f was created',
      'Normal ResourceUpdated: Fleet f has a new template',
      'Warning FleetInvalid: Fleet f has no valid template: no such repository',
      'Normal FleetTemplateVersionCreated: Fleet f has the new template version v2, of generation 2 of its template',
      'Normal FleetRolloutStarted: Fleet f rolls out template version v2',
      'Normal FleetRolloutDeviceSelected: Fleet f selected 40 devices for template version v2 in batch 1',
      'Warning FleetRolloutWaiting: Fleet f waits with the rollout of template version v2: too few',
      'Warning FleetRolloutFailed: Fleet f stopped the rollout of template version v2: 30 of 40 devices failed',
    ]);
    expect(events[1].details).toMatchObject({ updatedFields: ['spec.template'] });
    expect(events[4].details).toMatchObject({ rolloutStrategy: 'Batched', templateVersion: 'v2' });
    const [created] = await history('TemplateVersion', 'v2');
    expect(created).toMatchObject({
      reason: 'ResourceCreated',
      message: 'TemplateVersion v2 was created',
    });
    expect(created.metadata.name).not.toBe(events[3].metadata.name);
  });
});

describe('the name of an event', () => {
  it('finds it in a log of any age, looking only around its time', async () => {
    const uid = await named('Device', 'd');
    const report = { renderedVersion: 1, updated: 'UpToDate' };
    const hours = Array.from({ length: 30 }, (_, hour) => hour);
    const ids = hours.map((hour) => newUid(Date.UTC(2026, 0, 1, hour)));
    for (const id of ids) await say(deviceStatusReported, uid, report, { id });
    await number();
    for (const [index, id] of ids.entries()) {
      const { items } = await list({ fieldSelector: `metadata.name=${id}` });
      expect(items.map(({ metadata }: Loose) => metadata.name)).toEqual([id]);
      const span = await spanOf(scene.admin, [id]);
      expect(span.low).toBeLessThan(index + 1);
      expect(span.high).toBeGreaterThan(index + 1);
      expect(span.high - span.low).toBeLessThanOrEqual(3);
    }
    const both = `metadata.name in (${ids[3]}, ${ids[29]}, ${newUid(0)})`;
    expect((await list({ fieldSelector: both, order: 'asc' })).items).toHaveLength(2);
    await scene.admin.query('delete from log.sequence where sequence <= 10');
    expect((await list({ fieldSelector: `metadata.name=${ids[20]}` })).items).toHaveLength(1);
    expect((await list({ fieldSelector: `metadata.name=${ids[2]}` })).items).toEqual([]);
  });
});
