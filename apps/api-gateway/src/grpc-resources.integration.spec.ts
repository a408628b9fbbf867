import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { typesOf } from '../test/door-scene.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { device, fleet, gitItem, repository } from '../test/manifests.js';

const door = new GrpcScene({
  migratedDatabase: () => migratedDatabase(),
  jsonClient,
  environment: process.env,
});
const { rpc, call, appended } = door;

beforeAll(() => door.open());
afterAll(() => door.close());
beforeEach(() => door.clear());

const kinds = [
  { kind: 'Device', plural: 'devices', made: device('one', { spec: { os: { image: 'a' } } }) },
  { kind: 'Fleet', plural: 'fleets', made: fleet('one') },
  { kind: 'Repository', plural: 'repositories', made: repository('one') },
];

describe.each(kinds)('$kind by gRPC', ({ kind, plural, made }) => {
  const member = kind.toLowerCase();
  const list = `List${plural[0]!.toUpperCase()}${plural.slice(1)}`;
  const method = (verb: string) => `${kind}Service/${verb}${kind}`;
  const events = () => appended().then((rows) => rows.map(({ type }) => type.split('.')[2]));

  it('is created, read, listed, replaced and deleted, and is the same at both doors', async () => {
    const created = await rpc(method('Create'), { [member]: made });
    expect(created).toMatchObject({
      code: 'OK',
      body: { [member]: { metadata: { name: 'one' } } },
    });
    expect(await events()).toEqual(['created']);
    const rest = await call('GET', `/${plural}/one`);
    const { body } = await rpc(method('Get'), { name: 'one' });
    expect(body).toEqual({ [member]: rest.body, etag: rest.headers['etag'] });
    expect(created.body).toEqual(body);
    const listed = await rpc(`${kind}Service/${list}`, {});
    expect(listed.body.items).toEqual([rest.body]);
    const again = await rpc(method('Replace'), { [member]: rest.body });
    expect(again.body).toEqual({ ...body, created: false });
    expect(await events()).toEqual([]);
    expect(await rpc(method('Delete'), { name: 'one' })).toMatchObject({ code: 'OK', body: {} });
    expect((await call('GET', `/${plural}/one`)).code).toBe(404);
  });

  it('is made by a replacement when it is not there', async () => {
    const { body } = await rpc(method('Replace'), { [member]: made, onlyNew: true });
    expect(body.created).toBe(true);
    const again = await rpc(method('Replace'), { [member]: made, onlyNew: true });
    expect(again).toMatchObject({ code: 'FAILED_PRECONDITION', message: /If-None-Match/ });
  });

  it('is not written by a dry run', async () => {
    const created = await rpc(method('Create'), { [member]: made, dryRun: true });
    expect(created.code).toBe('OK');
    expect(created.body.etag).toBeUndefined();
    expect((await rpc(method('Get'), { name: 'one' })).code).toBe('NOT_FOUND');
  });

  it('is created once under one key', async () => {
    const request = { [member]: made, idempotencyKey: `key of ${kind}` };
    const first = await rpc(method('Create'), request);
    expect((await rpc(method('Create'), request)).body).toEqual(first.body);
    const other = { ...made, metadata: { name: 'other' } };
    expect((await rpc(method('Create'), { ...request, [member]: other })).code).toBe(
      'INVALID_ARGUMENT',
    );
    expect((await rpc(method('Create'), { ...request, idempotencyKey: 'ü' })).code).toBe(
      'INVALID_ARGUMENT',
    );
  });

  it('is written on the condition of its etag and of its version only', async () => {
    const { body } = await rpc(method('Create'), { [member]: made });
    const labels = { site: 'nice' };
    const changed = { ...body[member], metadata: { ...body[member].metadata, labels } };
    const saved = await rpc(method('Replace'), { [member]: changed, ifMatch: body.etag });
    expect(saved.code).toBe('OK');
    const stale = await rpc(method('Replace'), { [member]: made, ifMatch: body.etag });
    expect(stale).toMatchObject({ code: 'FAILED_PRECONDITION' });
    const old = { ...made, metadata: { name: 'one', resourceVersion: '100' } };
    const outdated = await rpc(method('Replace'), { [member]: old });
    expect(outdated).toMatchObject({ code: 'ABORTED' });
    const deleted = await rpc(method('Delete'), { name: 'one', ifMatch: body.etag });
    expect(deleted.code).toBe('FAILED_PRECONDITION');
  });
});

describe('lists by gRPC', () => {
  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) {
      await rpc('DeviceService/CreateDevice', {
        device: device(name, { metadata: { labels: { name } } }),
      });
    }
  });

  it('come in pages, which both doors can go on with', async () => {
    const first = await rpc('DeviceService/ListDevices', { limit: 2 });
    const { metadata, items } = first.body;
    expect(items).toHaveLength(2);
    expect(metadata.remainingItemCount).toBe(1);
    const query = `limit=2&continue=${metadata.continue}`;
    const rest = await call('GET', `/devices?${query}`);
    const next = await rpc('DeviceService/ListDevices', { limit: 2, continue: metadata.continue });
    expect(next.body.items).toEqual(rest.body.items);
    expect(next.body.metadata).toEqual({ resourceVersion: metadata.resourceVersion });
  });

  it('take selectors and count', async () => {
    const selected = await rpc('DeviceService/ListDevices', { labelSelector: 'name in (a, c)' });
    expect(selected.body.items.map(({ metadata }: never) => metadata['name'])).toEqual(['a', 'c']);
    const { body } = await rpc('DeviceService/ListDevices', { summaryOnly: true });
    expect(body).toMatchObject({ items: [], summary: { total: 3, updateStatus: { Unknown: 3 } } });
    const labels = await rpc('AboutService/ListLabels', {
      kind: 'Device',
      fieldSelector: 'metadata.name=b',
    });
    expect(labels.body).toEqual({ labels: ['name=b'] });
  });

  it('are refused as at the other door', async () => {
    for (const [request, message] of [
      [{ limit: 1_001 }, /^limit: must be/],
      [{ limit: -1 }, /^limit: must be/],
      [{ continue: 'x' }, /^continue: is not a position/],
      [{ fieldSelector: 'none=x' }, /none/],
      [{ summaryOnly: true, limit: 5 }, /a summary has no pages/],
    ] as const) {
      const { code, message: said } = await rpc('DeviceService/ListDevices', request);
      expect([code, said]).toEqual(['INVALID_ARGUMENT', expect.stringMatching(message)]);
    }
  });
});

describe('other methods', () => {
  it('report the status of a device, and are refused for one that is none', async () => {
    await rpc('DeviceService/CreateDevice', { device: device('d') });
    const status = {
      config: { renderedVersion: '3' },
      updated: { status: 'OutOfDate' },
      os: { image: 'i', imageDigest: 'd' },
      systemd: [],
    };
    const { body } = await rpc('DeviceService/ReportDeviceStatus', { name: 'd', status });
    expect(body.device.status).toMatchObject(status);
    expect(body.device.status).toEqual((await call('GET', '/devices/d')).body.status);
    const wrong = { name: 'd', status: { updated: { status: 'Odd' } } };
    expect((await rpc('DeviceService/ReportDeviceStatus', wrong)).code).toBe('INVALID_ARGUMENT');
    expect((await rpc('DeviceService/ReportDeviceStatus', { name: 'd' })).message).toBe(
      'status: is missing',
    );
  });

  it('tell events, versions and organisations, and switch the dispatching', async () => {
    const { body } = await rpc('AboutService/GetVersion');
    expect(body).toEqual((await call('GET', '/version')).body);
    const organisations = await rpc('AboutService/ListOrganizations');
    const { items } = (await call('GET', '/organizations')).body;
    expect(organisations.body.items).toEqual(items);
    expect((await rpc('EventService/ListEvents')).body.items).toEqual(
      (await call('GET', '/events')).body.items,
    );
    const frozen = await rpc('RolloutService/SetDispatching', { frozen: true, reason: 'test' });
    expect(frozen.body.dispatching).toMatchObject({ frozen: true, reason: 'test' });
    expect((await rpc('RolloutService/GetDispatching')).body.dispatching.frozen).toBe(
      (await call('GET', '/dispatching')).body.frozen,
    );
    expect((await rpc('RolloutService/SetDispatching', {})).code).toBe('INVALID_ARGUMENT');
  });

  it('refuse wishes about rollouts that there are none of', async () => {
    const uid = '00000000-0000-7000-8000-000000000001';
    for (const verb of ['Get', 'Pause', 'Resume', 'Approve', 'Abort', 'Retry']) {
      const { code } = await rpc(`RolloutService/${verb}Rollout`, { name: uid });
      expect([verb, code]).toEqual([verb, 'NOT_FOUND']);
    }
    await rpc('FleetService/CreateFleet', { fleet: fleet('f') });
    expect((await rpc('RolloutService/ListRollouts', { fleet: 'f' })).body.items).toEqual([]);
    expect(await rpc('RolloutService/StartRollout', { fleet: 'f' })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
    const versions = await rpc('TemplateVersionService/ListTemplateVersions', { fleet: 'f' });
    expect(versions.body.items).toEqual([]);
  });

  it('show how the streams are and what waits', async () => {
    for (const [method, path] of [
      ['ListStreams', 'streams'],
      ['ListKvServers', 'kv'],
      ['ListDeadLetters', 'dead-letters'],
      ['ListParkedEvents', 'parked'],
    ]) {
      const rest = (await call('GET', `/system/${path}`)).body;
      const { body } = await rpc(`SystemService/${method}`);
      expect(rest).toMatchObject(body);
      expect(Object.keys(rest)).toEqual(
        expect.arrayContaining(['apiVersion', ...Object.keys(body)]),
      );
    }
    expect((await rpc('SystemService/RetryDeadLetters', {})).code).toBe('INVALID_ARGUMENT');
    expect((await rpc('SystemService/DropParkedEvents', { filter: {} })).code).toBe(
      'INVALID_ARGUMENT',
    );
    const all = await rpc('SystemService/RetryDeadLetters', { filter: { all: true } });
    expect(all.body).toEqual({ count: 0 });
    const place = { service: 'rollout', number: 1 };
    expect((await rpc('SystemService/GetDeadLetter', place)).code).toBe('NOT_FOUND');
    expect((await rpc('SystemService/GetParkedEvent', { service: 'x', number: 1 })).code).toBe(
      'NOT_FOUND',
    );
  });

  it('keep a repository that is referred to, and its secrets behind masks', async () => {
    const spec = { httpConfig: { username: 'u', password: 'p', 'tls.crt': 'c' } };
    await rpc('RepositoryService/CreateRepository', { repository: repository('r', spec) });
    const { body } = await rpc('RepositoryService/GetRepository', { name: 'r' });
    expect(body.repository.spec.httpConfig).toMatchObject({ username: 'u', password: '*****' });
    await rpc('DeviceService/CreateDevice', {
      device: device('d', { spec: { config: [gitItem('r')] } }),
    });
    expect(await rpc('RepositoryService/DeleteRepository', { name: 'r' })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
    const set = { name: 'r', secret: 'a secret of sixteen' };
    await appended();
    expect((await rpc('RepositoryService/SetRepositoryWebhook', set)).code).toBe('OK');
    expect(typesOf(await appended())).toEqual(['repository.webhook-updated']);
    expect((await rpc('RepositoryService/RemoveRepositoryWebhook', { name: 'r' })).code).toBe('OK');
    const short = { name: 'r', secret: 'short' };
    expect((await rpc('RepositoryService/SetRepositoryWebhook', short)).code).toBe(
      'INVALID_ARGUMENT',
    );
  });
});
