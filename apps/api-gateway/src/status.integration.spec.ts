import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene, typesOf } from '../test/door-scene.js';
import { device, fleet } from '../test/manifests.js';

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

  it.each([
    ['summary', { status: 'Gone' }, 'status must be one of Online'],
    ['summary', {}, 'status is missing'],
    ['resources', { cpu: 'Healthy', memory: 'Healthy' }, 'disk is missing'],
    ['os', { image: 'i' }, 'imageDigest is missing'],
    ['systemInfo', { architecture: 'a' }, 'bootID is missing'],
    ['applications', [{ name: 'a' }], '[0]: ready is missing'],
    ['integrity', { status: 'Verified', tpm: { status: 'Maybe' } }, 'tpm must have the members'],
    ['capabilities', { osMode: 'none' }, 'osMode must be one of image, package'],
    ['summary', 'Online', 'must be an object'],
  ])('is refused with %s %j', async (member, value, message) => {
    await call('PUT', '/devices/d1', device('d1'));
    const { code, body } = await call(
      'PUT',
      '/devices/d1/status',
      report('1', 'UpToDate', { [member]: value }),
    );
    expect({ code, message: body.message }).toEqual({
      code: 400,
      message: expect.stringMatching(`^status.${member}: `),
    });
    expect(body.message).toContain(message);
  });
});

describe('a patch of the status', () => {
  const headers = { 'content-type': 'application/json-patch+json' };
  const patch = (...operations: object[]) =>
    call('PATCH', '/devices/d1/status', operations, headers);
  const put = (renderedVersion: string, status: string, more: object = {}) =>
    call('PUT', '/devices/d1/status', {
      ...device('d1'),
      status: { config: { renderedVersion }, updated: { status }, ...more },
    });
  beforeEach(async () => {
    await call('PUT', '/devices/d1', device('d1'));
    await appended();
  });

  it('is a report that leaves the rest as it was', async () => {
    await put('3', 'Updating', { summary: { status: 'Online' } });
    await appended();
    const { code, body } = await patch(
      { op: 'test', path: '/status/updated/status', value: 'Updating' },
      { op: 'replace', path: '/status/summary', value: { status: 'Rebooting', info: 'soon' } },
    );
    expect({ code, status: body.status }).toMatchObject({
      code: 200,
      status: { summary: { status: 'Rebooting', info: 'soon' }, config: { renderedVersion: '3' } },
    });
    expect(typesOf(await appended())).toEqual(['device.health-reported']);
    await patch({ op: 'replace', path: '/status/config/renderedVersion', value: '4' });
    expect(await appended()).toMatchObject([{ data: { renderedVersion: 4, updated: 'Updating' } }]);
  });

  it('of a device that never reported is its first report', async () => {
    expect((await call('GET', '/devices/d1/lastseen')).code).toBe(204);
    const { body } = await patch({
      op: 'add',
      path: '/status/os',
      value: { image: 'i', imageDigest: 'd' },
    });
    expect(body.status.os.image).toBe('i');
    expect((await call('GET', '/devices/d1/lastseen')).body).toEqual({
      lastSeen: body.status.lastSeen,
    });
  });

  it('keeps what Skein says out of what the device reports', async () => {
    await door.postgres.query(
      `update gateway.device_views set failure = 'broken', failure_since = now()`,
    );
    await put('', 'Unknown');
    const types = (answer: { body: { status: { conditions: { type: string }[] } } }) =>
      answer.body.status.conditions.map(({ type }) => type);
    expect(types(await patch({ op: 'test', path: '/status/conditions', value: [] }))).toEqual([
      'SpecValid',
    ]);
    await door.postgres.query('update gateway.device_views set failure = null');
    expect(types(await call('GET', '/devices/d1/status'))).toEqual([]);
  });

  it('of many at once is kept, each', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const answers = names.map((name) =>
      patch({ op: 'add', path: `/status/systemInfo/${name}`, value: name }),
    );
    for (const { code } of await Promise.all(answers)) expect(code).toBe(200);
    const { body } = await call('GET', '/devices/d1/status');
    expect(body.status.systemInfo).toMatchObject(
      Object.fromEntries(names.map((one) => [one, one])),
    );
  });

  it.each([
    [400, { op: 'add', path: '/metadata/labels', value: { a: 'b' } }],
    [400, { op: 'add', path: '/spec', value: {} }],
    [400, { op: 'replace', path: '/status/updated/status', value: 'Soon' }],
    [400, { op: 'remove', path: '/status/none' }],
    [400, { op: 'remove', path: '/status' }],
    [400, { op: 'replace', path: '/status', value: 'Online' }],
    [400, { op: 'replace', path: '', value: [] }],
    [409, { op: 'test', path: '/status/summary/status', value: 'Error' }],
  ])('is refused with %i: %j', async (code, operation) => {
    expect((await patch(operation)).code).toBe(code);
    expect(await appended()).toEqual([]);
    expect((await call('GET', '/devices/d1/lastseen')).code).toBe(204);
  });

  it('is for a device that there is', async () => {
    await call('DELETE', '/devices/d1');
    expect((await patch()).code).toBe(404);
    expect((await call('GET', '/devices/d1/lastseen')).code).toBe(404);
  });
});

describe('the status of a fleet', () => {
  const headers = { 'content-type': 'application/json-patch+json' };
  beforeEach(() => call('PUT', '/fleets/f', fleet('f')));

  it('is read, and written back as it is', async () => {
    const { body } = await call('GET', '/fleets/f/status');
    expect(body).toEqual((await call('GET', '/fleets/f')).body);
    expect(await call('PUT', '/fleets/f/status', body)).toMatchObject({ code: 200, body });
    const test = { op: 'test', path: '/status/conditions', value: [] };
    expect(await call('PATCH', '/fleets/f/status', [test], headers)).toMatchObject({ code: 200 });
  });

  it('is for nobody else to say', async () => {
    const status = { conditions: [], rollout: { currentBatch: 1 } };
    for (const answer of [
      await call('PUT', '/fleets/f/status', { ...fleet('f'), status }),
      await call('PUT', '/fleets/f/status', fleet('f')),
      await call(
        'PATCH',
        '/fleets/f/status',
        [{ op: 'add', path: '/status/rollout', value: {} }],
        headers,
      ),
    ]) {
      expect(answer).toMatchObject({
        code: 400,
        body: { message: expect.stringContaining('said by Skein') },
      });
    }
    const labelled = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }];
    const { body } = await call('PATCH', '/fleets/f/status', labelled, headers);
    expect(body.message).toBe('metadata: cannot be patched');
  });

  it('is that of a fleet that there is', async () => {
    expect((await call('GET', '/fleets/none/status')).code).toBe(404);
    expect((await call('PUT', '/fleets/none/status', fleet('none'))).code).toBe(404);
    expect((await call('PATCH', '/fleets/none/status', [], headers)).code).toBe(404);
  });
});
