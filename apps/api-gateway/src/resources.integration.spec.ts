import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device, fleet, gitItem, repository } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, appended } = door;

beforeAll(() => door.open());
beforeEach(() => door.clear());
afterAll(() => door.close());

describe('create, read, replace, delete', () => {
  it('creates a device once, and says what it did', async () => {
    const created = await call(
      'POST',
      '/devices',
      device('d1', { metadata: { labels: { site: 'lyon' } } }),
    );
    expect(created.code).toBe(201);
    expect(created.body['metadata']).toMatchObject({
      name: 'd1',
      generation: 1,
      resourceVersion: '1',
    });
    expect(created.body['status'].updated).toEqual({ status: 'Unknown' });
    expect(await appended()).toMatchObject([
      {
        type: 'skein.device.created.v1',
        version: 1,
        actor: 'anonymous',
        sourceaddress: '127.0.0.1',
        data: { name: 'd1', labels: { site: 'lyon' }, spec: null, generation: 1 },
      },
    ]);
    expect((await call('GET', '/devices/d1')).body).toEqual(created.body);
    const again = await call('POST', '/devices', device('d1'));
    expect(again).toMatchObject({
      code: 409,
      body: { kind: 'Status', status: 'Failure', reason: 'Conflict' },
    });
    expect(await appended()).toEqual([]);
  });

  it('finds a name that is as long as names can be, and says of a longer one what is wrong', async () => {
    const name = Array.from({ length: 4 }, () => 'a'.repeat(63))
      .join('.')
      .slice(0, 253);
    expect((await call('PUT', `/devices/${name}`, device(name))).code).toBe(201);
    expect((await call('GET', `/devices/${name}`)).body.metadata.name).toBe(name);
    expect((await call('GET', `/devices/${name}a`)).code).toBe(404);
    const { code, body } = await call('PUT', `/devices/${name}aa`, device(`${name}aa`));
    expect([code, body.message]).toEqual([400, expect.stringContaining('longer than 253')]);
  });

  it('keeps labels that are called like what every object has', async () => {
    const labels = { constructor: 'a', toString: 'b', hasOwnProperty: 'c' };
    const made = await call('PUT', '/devices/d1', device('d1', { metadata: { labels } }));
    expect([made.code, made.body.metadata.labels]).toEqual([201, labels]);
    expect((await call('GET', '/devices/d1')).body.metadata.labels).toEqual(labels);
    const other = await call('PUT', '/devices/d2', { ...device('d2'), toString: 1 });
    expect([other.code, other.body.message]).toEqual([400, 'toString: is not known here']);
  });

  it('appends only what changed', async () => {
    expect((await call('PUT', '/devices/d1', device('d1'))).code).toBe(201);
    await appended();
    expect((await call('PUT', '/devices/d1', device('d1'))).code).toBe(200);
    expect(await appended()).toEqual([]);
    const both = device('d1', { metadata: { labels: { a: 'b' } }, spec: { os: { image: 'i' } } });
    const replaced = await call('PUT', '/devices/d1', both);
    expect(replaced.body['metadata']).toMatchObject({ generation: 2, resourceVersion: '3' });
    expect(await appended()).toMatchObject([
      { type: 'skein.device.labels-updated.v1', version: 2, data: { labels: { a: 'b' } } },
      {
        type: 'skein.device.spec-updated.v1',
        version: 3,
        data: { spec: { os: { image: 'i' } }, generation: 2 },
      },
    ]);
  });

  it('says which part of a fleet changed', async () => {
    await call('PUT', '/fleets/f', fleet('f'));
    const steps: [object, string[]][] = [
      [{ selector: { matchLabels: { site: 'nice' } } }, ['fleet.selector-updated']],
      [
        { template: { spec: { os: { image: 'i' } } } },
        ['fleet.selector-updated', 'fleet.template-updated'],
      ],
      [
        { template: { spec: { os: { image: 'i' } } }, rolloutPolicy: {} },
        ['fleet.rollout-policy-updated'],
      ],
    ];
    await appended();
    for (const [spec, events] of steps) {
      await call('PUT', '/fleets/f', fleet('f', spec));
      expect(typesOf(await appended())).toEqual(events);
    }
    expect((await call('GET', '/fleets/f')).body['metadata']).toMatchObject({
      generation: 4,
      resourceVersion: '5',
    });
  });

  it('refuses a replacement of another version than the one that was read', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    const stale = device('d1', { metadata: { resourceVersion: '7', labels: { a: 'b' } } });
    const refused = await call('PUT', '/devices/d1', stale);
    expect(refused.code).toBe(409);
    expect(refused.body['message']).toContain('resourceVersion 1, not 7');
    const fresh = device('d1', { metadata: { resourceVersion: '1', labels: { a: 'b' } } });
    expect((await call('PUT', '/devices/d1', fresh)).code).toBe(200);
    expect(
      (await call('PUT', '/devices/none', device('none', { metadata: { resourceVersion: '7' } })))
        .code,
    ).toBe(409);
  });

  it('frees the name of what is deleted, and never its uid', async () => {
    await call('PUT', '/devices/d1', device('d1'));
    const deleted = await call('DELETE', '/devices/d1');
    expect(deleted).toMatchObject({
      code: 200,
      body: { kind: 'Status', status: 'Success', code: 200 },
    });
    expect((await call('GET', '/devices/d1')).code).toBe(404);
    expect((await call('DELETE', '/devices/d1')).code).toBe(404);
    await call('PUT', '/devices/d1', device('d1'));
    const [first, gone, second] = await appended();
    expect(gone).toMatchObject({
      type: 'skein.device.deleted.v1',
      subject: first!['subject'],
      data: { name: 'd1' },
    });
    expect(second!['subject']).not.toBe(first!['subject']);
  });

  it('lets one of many that create the same thing at once win', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        call('PUT', '/devices/d1', device('d1', { metadata: { labels: { n: String(index) } } })),
      ),
    );
    expect(answers.filter(({ code }) => code === 201)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 200)).toHaveLength(7);
    const versions = (await appended()).map(({ version }) => version);
    expect(versions).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await call('GET', '/devices/d1')).body['metadata'].resourceVersion).toBe('8');
  });

  it('keeps a repository that is referred to', async () => {
    await call('PUT', '/repositories/r', repository('r'));
    await call('PUT', '/devices/d1', device('d1', { spec: { config: [gitItem('r')] } }));
    await call('PUT', '/fleets/f', fleet('f', { template: { spec: { config: [gitItem('r')] } } }));
    const refused = await call('DELETE', '/repositories/r');
    expect(refused.code).toBe(409);
    expect(refused.body['message']).toContain('Fleet f, Device d1');
    await call('PUT', '/fleets/f', fleet('f'));
    await call('DELETE', '/devices/d1');
    expect((await call('DELETE', '/repositories/r')).code).toBe(200);
    expect(typesOf(await appended()).at(-1)).toBe('repository.deleted');
  });
});
