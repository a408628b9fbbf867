import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  devicesFailed,
  devicesMatched,
  devicesRendered,
  devicesSelected,
  devicesTimedOut,
  deviceStatusReported,
  newUid,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { EventScene } from '../test/event-scene.js';
import { device } from '../test/manifests.js';

const scene = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, say, named, list, history } = scene;

beforeAll(() => scene.open());
beforeEach(() => scene.clear());
afterAll(() => scene.close());

const others = Array.from({ length: 40 }, () => ({ device: newUid() }));
const matching = (owner: string | null, multipleOwners: string[] = []) => ({
  owner,
  labelsVersion: 1,
  multipleOwners,
});
const messages = (events: Loose[]) => events.map(({ message }) => message);
const reasons = (events: Loose[]) => events.map(({ reason }) => reason);

describe('the history of a device', () => {
  it('shows what happened to it inside batch events', async () => {
    const uid = await named('Device', 'd1');
    const [f, g] = [await named('Fleet', 'f'), await named('Fleet', 'g')];
    const version = await named('TemplateVersion', 'v2');
    const match = (own: object) => {
      const members = [...others, { device: uid }, ...others].map((one) => ({
        ...one,
        ...matching(g),
        ...(one.device === uid && own),
      }));
      return say(devicesMatched, org, { members });
    };
    const about = { fleet: f, templateVersion: version };
    await match(matching(null));
    await match(matching(f));
    await match(matching(f));
    const batch = { ...about, batch: 2, members: [...others, { device: uid }] };
    await say(devicesSelected, newUid(), batch);
    const failures = [...others, { device: uid }].map(({ device: one }) => ({
      device: one,
      message: one === uid ? 'item "motd": {"device":"no such key"}' : 'nothing',
    }));
    await say(devicesFailed, f, { templateVersion: version, members: failures });
    const document = { renderedVersion: 3, digest: 'sha256:0', size: 1 };
    const documents = [
      { device: uid, ...document },
      ...others.map((one) => ({ ...one, ...document, renderedVersion: 9 })),
    ];
    await say(devicesRendered, f, { templateVersion: version, members: documents });
    await say(
      deviceStatusReported,
      uid,
      { renderedVersion: 3, updated: 'UpToDate' },
      { actor: 'anna' },
    );
    const late = [...others, { device: uid }].map((one) => ({ ...one, batch: 2 }));
    await say(devicesTimedOut, newUid(), { ...about, timeoutSeconds: 5_400, members: late });
    await match(matching(f, ['f', 'g']));
    await match(matching(g));
    await match(matching(null));
    const events = await history('Device', 'd1');
    expect(messages(events)).toEqual([
      'Device d1 was matched, and has no owner',
      'Device d1 is owned by Fleet f now',
      'Device d1 was matched, and is owned by Fleet f as before',
      'Device d1 was selected for template version v2 of Fleet f in batch 2',
      'Device d1 cannot be rendered from template version v2: item "motd": {"device":"no such key"}',
      'Device d1 can be rendered again, and has rendered version 3, from template version v2',
      'Device d1 reports that it runs rendered version 3 and is UpToDate',
      'Device d1 did not report template version v2 of Fleet f within 90 min after its selection in batch 2',
      'Device d1 is selected by several fleets, f, g, and is owned by Fleet f',
      'Device d1 is no longer selected by several fleets, and is owned by Fleet g',
      'Device d1 has no owner now',
    ]);
    expect(events.map(({ reason, type, details }) => [reason, type, details])).toEqual([
      ['DeviceMatched', 'Normal', undefined],
      [
        'ResourceUpdated',
        'Normal',
        {
          detailType: 'ResourceUpdated',
          updatedFields: ['owner'],
          previousOwner: null,
          newOwner: 'Fleet/f',
        },
      ],
      ['DeviceMatched', 'Normal', undefined],
      [
        'FleetRolloutDeviceSelected',
        'Normal',
        { detailType: 'FleetRolloutDeviceSelected', fleetName: 'f', templateVersion: 'v2' },
      ],
      ['DeviceSpecInvalid', 'Warning', undefined],
      ['DeviceSpecValid', 'Normal', undefined],
      ['DeviceContentUpToDate', 'Normal', undefined],
      ['DeviceUpdateFailed', 'Warning', undefined],
      [
        'DeviceMultipleOwnersDetected',
        'Warning',
        { detailType: 'DeviceMultipleOwnersDetected', matchingFleets: ['f', 'g'] },
      ],
      [
        'DeviceMultipleOwnersResolved',
        'Normal',
        {
          detailType: 'DeviceMultipleOwnersResolved',
          resolutionType: 'SingleMatch',
          assignedOwner: 'g',
          previousMatchingFleets: ['f', 'g'],
        },
      ],
      [
        'ResourceUpdated',
        'Normal',
        {
          detailType: 'ResourceUpdated',
          updatedFields: ['owner'],
          previousOwner: 'Fleet/g',
          newOwner: null,
        },
      ],
    ]);
    for (const { involvedObject } of events)
      expect(involvedObject).toEqual({ kind: 'Device', name: 'd1' });
    expect(events.map(({ actor }) => actor)).toContain('user:anna');
    expect(events[0].actor).toBe('service:selector');
  });

  it('says the same about an event whichever part of the history is asked for', async () => {
    const uid = await named('Device', 'd1');
    const f = await named('Fleet', 'f');
    for (const owner of [null, f, null, f]) {
      await say(devicesMatched, org, { members: [{ device: uid, ...matching(owner) }] });
    }
    const whole = await history('Device', 'd1');
    const fieldSelector = 'involvedObject.kind=Device,involvedObject.name=d1';
    for (const order of ['asc', 'desc']) {
      const single = (await scene.pages({ fieldSelector, order, limit: 1 })).flat();
      expect(order === 'asc' ? single : single.toReversed()).toEqual(whole);
    }
    const updates = { fieldSelector: `${fieldSelector},reason=ResourceUpdated`, order: 'asc' };
    expect((await list(updates)).items).toEqual(whole.slice(1));
  });

  it('goes on after its deletion, and has all that ever had its name', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await call('DELETE', '/devices/d1');
    await call('PUT', '/devices/d1', device('d1', { metadata: { labels: { a: 'b' } } }));
    await call('PUT', '/devices/other', device('other'));
    const events = await history('Device', 'd1');
    expect(reasons(events)).toEqual(['ResourceCreated', 'ResourceDeleted', 'ResourceCreated']);
    await call('DELETE', '/devices/d1');
    expect(reasons(await history('Device', 'd1'))).toHaveLength(4);
    expect(await history('Device', 'nobody')).toEqual([]);
    expect(await history('Fleet', 'd1')).toEqual([]);
  });

  it('is that of its own organisation only', async () => {
    const uid = await named('Device', 'd1');
    const there = newUid();
    await named('Device', 'd2', { org: there });
    const report = { renderedVersion: 1, updated: 'UpToDate' };
    const members = [{ device: uid, ...matching(null) }];
    await say(devicesMatched, there, { members }, { org: there });
    await say(deviceStatusReported, uid, report, { org: there });
    expect(await history('Device', 'd1')).toEqual([]);
    expect(await history('Device', 'd2')).toEqual([]);
    await scene.number();
    expect((await list()).items).toEqual([]);
  });

  it('gives each entry a name of its own, by which it is found again', async () => {
    const [a, b] = [await named('Device', 'a'), await named('Device', 'b')];
    const members = [a, b].map((uid) => ({ device: uid, ...matching(null) }));
    const id = await say(devicesMatched, org, { members });
    await scene.number();
    const ofBoth = {
      fieldSelector: 'involvedObject.kind=Device,involvedObject.name in (a, b)',
    };
    const both = await list(ofBoth);
    expect((await scene.pages({ ...ofBoth, limit: 1 })).flat()).toEqual(both.items);
    const shown = [...both.items, ...(await list()).items];
    const names = shown.map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual([id, `${id}.${a}`, `${id}.${b}`].sort());
    for (const event of shown) {
      const fieldSelector = `metadata.name=${event.metadata.name}`;
      expect((await list({ fieldSelector })).items).toEqual([event]);
    }
    const mixed = `metadata.name in (${id}, ${id}.${a})`;
    expect(await list({ fieldSelector: mixed })).toMatchObject({ code: 400 });
  });
});
