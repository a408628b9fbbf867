import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  devicesMatched,
  deviceStatusReported,
  fleetValidated,
  newUid,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, type Loose } from '@skein/testing';
import { EventScene } from '../test/event-scene.js';
import { device } from '../test/manifests.js';

const scene = new EventScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, say, named, list, pages, number } = scene;

beforeAll(() => scene.open());
beforeEach(() => scene.clear());
afterAll(() => scene.close());

const report = { renderedVersion: 1, updated: 'UpToDate' };

/** Devices d1 to d3, each with a report of an actor of its own; d2 is updating. */
async function threeDevices(): Promise<void> {
  for (const [index, actor] of ['anna', 'ben', 'cleo'].entries()) {
    const uid = await named('Device', `d${index + 1}`);
    const updated = index === 1 ? 'Updating' : 'UpToDate';
    await say(deviceStatusReported, uid, { ...report, updated }, { actor });
  }
  const members = [{ device: newUid(), owner: null, labelsVersion: 1, multipleOwners: [] }];
  await say(devicesMatched, org, { members });
  await say(fleetValidated, await named('Fleet', 'f'), {
    ...{ generation: 1, valid: false, reason: 'Invalid', message: 'no such item' },
  });
  await number();
}

describe('the list of events', () => {
  it('tells what happened, newest first, also of what is deleted', async () => {
    await call('PUT', '/devices/e1', device('e1'));
    await call('PUT', '/devices/e1', device('e1', { metadata: { labels: { a: 'b' } } }));
    await call('DELETE', '/devices/e1');
    await number();
    const first = await list({ limit: 2 });
    expect(first.items).toMatchObject([
      {
        kind: 'Event',
        reason: 'ResourceDeleted',
        involvedObject: { kind: 'Device', name: 'e1' },
        actor: 'user:anonymous',
        source: { component: 'gateway' },
      },
      {
        reason: 'ResourceUpdated',
        message: 'Device e1 has new labels',
        details: { updatedFields: ['labels'] },
      },
    ]);
    const next = await list({ limit: 1, continue: first.metadata.continue });
    expect(next.items).toMatchObject([
      { reason: 'ResourceCreated', involvedObject: { name: 'e1' } },
    ]);
  });

  it.each([
    ['reason=DeviceContentUpToDate', ['d1', 'd3']],
    ['reason in (FleetInvalid, DeviceContentUpdating)', ['d2', 'f']],
    ['reason notin (DeviceContentUpToDate,DeviceMatched)', ['d2', 'f']],
    ['type=Warning', ['f']],
    ['type!=Warning,reason!=DeviceMatched', ['d1', 'd2', 'd3']],
    ['actor==user:ben', ['d2']],
    ['actor!=user:ben, actor!=service:selector', ['d1', 'd3', 'f']],
    ['involvedObject.kind=Fleet', ['f']],
    ['involvedObject.name=d3', ['d3']],
    ['involvedObject.kind=Device,involvedObject.name!=d1,reason!=DeviceMatched', ['d2', 'd3']],
    ['involvedObject.kind=Device,involvedObject.name in (d3,f,d1)', ['d1', 'd3']],
    ['involvedObject.kind!=Device,involvedObject.name in (d3,f,d1)', ['f']],
    ['actor=user:anna,actor=user:ben', []],
    ['reason=Unheard', []],
    ['metadata.name=unheard', []],
    [`metadata.name=${newUid()}`, []],
    [`metadata.name=${newUid()}.${newUid()}`, []],
    ['involvedObject.kind=Nothing,involvedObject.name=d1', []],
  ])('selected by %s', async (fieldSelector, names) => {
    await threeDevices();
    const { items } = await list({ fieldSelector, order: 'asc' });
    expect(items.map(({ involvedObject }: Loose) => involvedObject.name)).toEqual(names);
    const { items: newestFirst } = await list({ fieldSelector });
    expect(newestFirst.toReversed()).toEqual(items);
  });

  it.each([
    ['labels.a=b', /labels\.a.*there are metadata\.name, involvedObject\.kind/],
    ['reason', /reason: events are selected by =, !=, in and notin; write reason=value/],
    ['reason contains a', /events are selected by/],
    ['reason=a,,type=b', /at character 10, ",type=b": .*field=value/],
    ['reason in a', /at character 11, "a"/],
    ['reason=a\0', /zero character/],
  ])('does not select by %j, and says why', async (fieldSelector, why) => {
    const body = await list({ fieldSelector });
    expect(body).toMatchObject({ kind: 'Status', code: 400 });
    expect(body.message).toMatch(why);
  });

  it('refuses an order that is none, and a selector that comes twice', async () => {
    expect(await list({ order: 'newest' })).toMatchObject({ code: 400 });
    const { code } = await call('GET', '/events?fieldSelector=reason=a&fieldSelector=reason=b');
    expect(code).toBe(400);
  });

  it('takes a position only with the criteria that it came from', async () => {
    await threeDevices();
    const fieldSelector = 'type=Normal,actor!=user:ben';
    const { metadata } = await list({ fieldSelector, limit: 1 });
    const token = metadata.continue;
    const same = { fieldSelector: 'actor != user:ben, type==Normal', continue: token };
    expect((await list(same)).items).toHaveLength(2);
    const others: Record<string, string>[] = [
      {},
      { fieldSelector, order: 'asc' },
      { fieldSelector: 'type=Normal' },
    ];
    for (const other of others) {
      const body = await list({ ...other, continue: token });
      expect(body).toMatchObject({ code: 400, message: expect.stringContaining('criteria') });
    }
    for (const after of ['1/2', '-1', '1e3', 'x', '9'.repeat(40), '', `1/${newUid()}/`]) {
      const forge = (criteria: unknown) =>
        Buffer.from(JSON.stringify({ kind: 'Event', after, criteria })).toString('base64url');
      const { criteria } = JSON.parse(Buffer.from(token, 'base64url').toString());
      const body = await list({ fieldSelector, continue: forge(criteria) });
      expect(body).toMatchObject({ code: 400 });
    }
  });
});

describe('pages', () => {
  /** Numbers them newest last, whatever order they come in. */
  const versions = (shown: Loose[]) =>
    shown.map(({ message }) => Number(/version (\d+)/.exec(message)![1]));

  it.each([
    ['the list', 'asc', ''],
    ['the list', 'desc', ''],
    ['a history', 'asc', 'involvedObject.kind=Device,involvedObject.name=d'],
    ['a history', 'desc', 'involvedObject.kind=Device,involvedObject.name=d'],
  ])(
    'of %s, %s, lose and repeat nothing while events are appended',
    async (_of, order, selector) => {
      const uid = await named('Device', 'd');
      let last = 0;
      const append = async (count: number) => {
        for (let index = 0; index < count; index += 1) {
          await say(deviceStatusReported, uid, { ...report, renderedVersion: (last += 1) });
        }
        await number();
      };
      await append(10);
      let more = 4;
      const between = () => append((more -= 1) > 0 ? 2 : 0);
      const query = { order, limit: 3, ...(selector && { fieldSelector: selector }) };
      const found = versions((await pages(query, between)).flat());
      expect(found.filter((version) => version <= 10)).toEqual(
        order === 'asc' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
      );
      expect(new Set(found).size).toBe(found.length);
      expect(last).toBe(16);
    },
  );

  it('are empty and go on when a request has looked at enough', async () => {
    await say(deviceStatusReported, await named('Device', 'wanted'), report, { actor: 'anna' });
    await scene.admin.query(
      `insert into log.events (id, org, kind, subject, version, type, source, data, actor)
       select gen_random_uuid(), $1, 'Device', gen_random_uuid(), 1, t.id, '/gateway', '{}', 'ben'
       from log.types t, generate_series(1, 12000) where t.name = $2`,
      [org, deviceStatusReported.type],
    );
    await number();
    const found = await pages({ fieldSelector: 'actor=user:anna' });
    expect(found.map(({ length }) => length)).toEqual([0, 1]);
  });

  it('have other things than what other organisations do, however much that is', async () => {
    const there = newUid();
    const uid = await named('Device', 'd');
    for (let index = 0; index < 5; index += 1) {
      await say(deviceStatusReported, uid, report, { org: there });
      await say(deviceStatusReported, uid, report);
    }
    await number();
    const found = await pages({ limit: 2 });
    expect(found.map(({ length }) => length)).toEqual([2, 2, 1]);
  });
});
