import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { WatchScene } from '../test/watch-scene.js';
import { Positions } from './resources/watch/positions.js';
import { WatchService } from './resources/watch/watch.service.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, watch, follow, positionOf, put, settle, settled } = scene;

beforeAll(() => {
  Object.assign(process.env, { SKEIN_WATCH_RESUME_EVENTS: '60', SKEIN_WATCH_CLIENTS: '20' });
  return scene.open();
});
afterEach(async () => {
  await scene.hangUp();
  await scene.empty('repositories', 'fleets', 'devices');
});
afterAll(() => scene.close());

describe('a watch', () => {
  it('tells what changes after the position of a list, as reads show it', async () => {
    await put('old');
    await settled();
    const client = await watch('devices', { resourceVersion: await positionOf('devices') });
    expect(client.code).toBe(200);
    expect(client.headers['content-type']).toBe('text/event-stream');
    expect(client.headers['cache-control']).toBe('no-store');
    expect(client.headers['flightctl-api-version']).toBe('v1beta1');
    await put('new');
    await settle();
    await client.until(() => client.told.includes('ADDED new'));
    await put('old', { site: 'lyon' });
    await call('DELETE', '/devices/new');
    await settle();
    await client.until(() => client.told.length === 3);
    expect(client.told.toSorted()).toEqual(['ADDED new', 'DELETED new', 'MODIFIED old']);
    expect(client.known.get('old')).toEqual((await call('GET', '/devices/old')).body);
    expect(client.sent.at(-1)!.id).toMatch(/^[\w-]{22}$/);
  });

  it('begins with all that is there when no position is given', async () => {
    await put('a');
    await put('b');
    await settled();
    const client = await watch('devices');
    await client.until(() => client.types.includes('BOOKMARK'));
    expect(client.types).toEqual(['ADDED', 'ADDED', 'BOOKMARK']);
    expect(client.sent.map(({ id }) => id === undefined)).toEqual([true, true, false]);
    await put('c');
    await settle();
    await client.until(() => client.known.has('c'));
  });

  it('goes on after the last id, which goes before the position that was asked for at first', async () => {
    const first = await follow('devices');
    await put('a');
    await settle();
    await first.until(() => first.known.has('a'));
    await first.close();
    await put('b');
    await settled();
    const headers = { 'last-event-id': first.lastId! };
    const second = await watch('devices', { resourceVersion: 'nonsense' }, headers);
    await second.until(() => second.types.includes('BOOKMARK'));
    expect(second.told).toEqual(['ADDED b']);
  });

  it('tells those who hear nothing where they are', async () => {
    const client = await follow('devices', { labelSelector: 'site=lyon' });
    const before = client.lastId;
    await put('elsewhere', { site: 'nice' });
    await settled();
    const watches = scene.app.get(WatchService);
    watches.remind(60_000);
    await positionOf('devices');
    expect(client.types).toEqual(['BOOKMARK']);
    await client.until(() => {
      // Those who are being told something just then are not reminded.
      watches.remind(0);
      return client.lastId !== before;
    });
    expect([...new Set(client.types)]).toEqual(['BOOKMARK']);
    expect(client.sent.at(-1)!.object.metadata.resourceVersion).toBe(client.lastId);
    await client.close();
    const next = await watch('devices', {}, { 'last-event-id': client.lastId! });
    await next.until(() => next.types.includes('BOOKMARK'));
    expect(next.told).toEqual([]);
  });
});

describe('a position', () => {
  it('is the same on all pages of a list', async () => {
    for (const name of ['a', 'b', 'c']) await put(name);
    const first = await scene.listOf('devices', { limit: '1' });
    await settled();
    const next = { limit: '1', continue: first.metadata.continue };
    const second = await scene.listOf('devices', next);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(await positionOf('devices')).not.toBe(first.metadata.resourceVersion);
  });

  it('of another organisation, or made up, is refused', async () => {
    await put('a');
    await settled();
    const others = scene.app.get(Positions).tokenOf(newUid(), { number: 1, id: 'ab'.repeat(6) });
    for (const resourceVersion of [others, 'A'.repeat(22), '1', '0', 'x'.repeat(5_000)]) {
      const { code, refusal } = await watch('devices', { resourceVersion });
      expect([code, refusal.reason]).toEqual([400, 'BadRequest']);
      expect(refusal.message).toContain('take metadata.resourceVersion of a list');
    }
  });

  it('that is too old, in the future, or of another log is answered 410', async () => {
    await put('a');
    await settled();
    const old = await positionOf('devices');
    const mark = scene.app.get(Positions).markOf(DEFAULT_ORGANISATION, old);
    const tokenOf = (changed: object) =>
      scene.app.get(Positions).tokenOf(DEFAULT_ORGANISATION, { ...mark, ...changed });
    const future = tokenOf({ number: mark.number + 1 });
    const restored = tokenOf({ id: '0123456789ab' });
    for (let index = 0; index < 61; index += 1) await put('a', { index: String(index) });
    await scene.number();
    for (const resourceVersion of [old, restored, tokenOf({ number: 1_000_000 })]) {
      const { code, refusal } = await watch('devices', { resourceVersion });
      expect([code, refusal.reason]).toEqual([410, 'Expired']);
      expect(refusal.message).toContain('list again');
    }
    expect((await watch('devices', { resourceVersion: future })).code).toBe(410);
  });
});

describe('a watch is refused', () => {
  it.each([
    [400, 'devices', { limit: '5', continue: 'x' }, 'limit, continue: not with watch'],
    [400, 'devices', { summaryOnly: 'true' }, 'summaryOnly: not with watch'],
    [400, 'fleets', { addDevicesSummary: 'true' }, 'addDevicesSummary: not with watch'],
    [400, 'devices', { watch: 'maybe' }, 'watch: must be true or false'],
    [400, 'devices', { fieldSelector: 'nope=1' }, 'cannot select by nope'],
    [404, 'fleets/none/templateversions', {}, 'Fleet none does not exist'],
    [400, 'events', { order: 'asc' }, 'order: not with watch'],
    [
      400,
      'events',
      { fieldSelector: 'involvedObject.name=a' },
      'the history of one object cannot be watched',
    ],
    [400, 'system/parked', {}, 'watch: is no parameter here'],
  ])('with %d: %s %j', async (code, path, query, message) => {
    const client = await watch(path, query);
    expect([client.code, client.refusal.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('by a client that does not take events', async () => {
    const client = await watch('devices', {}, { accept: 'application/json' });
    expect([client.code, client.refusal.message]).toEqual([
      406,
      'watch: is answered as text/event-stream, which Accept has to take',
    ]);
  });

  it('when too many watch', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => watch('fleets')));
    expect(clients.map(({ code }) => code)).toEqual(Array(20).fill(200));
    const refused = await watch('devices');
    expect(refused.code).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await clients[0]!.close();
    await clients[1]!.until(() => clients[1]!.types.includes('BOOKMARK'));
    let code = 429;
    while (code === 429) ({ code } = await watch('devices'));
    expect(code).toBe(200);
  });
});
