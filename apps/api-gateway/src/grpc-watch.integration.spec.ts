import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor, type Loose } from '@skein/testing';
import { GrpcClient, type RpcStream } from '../test/grpc-client.js';
import { fleet } from '../test/manifests.js';
import { WatchScene } from '../test/watch-scene.js';
import { GrpcDoor } from './grpc/door.js';
import { Positions } from './resources/watch/positions.js';
import { WatchService } from './resources/watch/watch.service.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { put, settle, settled, call } = scene;
let client: GrpcClient;
let streams: RpcStream[] = [];

beforeAll(async () => {
  process.env['SKEIN_WATCH_BUFFER_BYTES'] = String(64 * 1_024);
  await scene.open();
  client = new GrpcClient(scene.app.get(GrpcDoor).transport.port);
});
afterEach(async () => {
  for (const stream of streams) stream.cancel();
  streams = [];
  await waitFor(() => !scene.app.get(WatchService).isListening);
  await scene.empty('devices', 'fleets');
});
afterAll(async () => {
  client.close();
  await scene.close();
});

const watch = (path: string, request: object = {}): RpcStream => {
  const stream = client.stream(path, request);
  streams.push(stream);
  return stream;
};
const [ADDED, MODIFIED, DELETED, BOOKMARK] = [1, 2, 3, 4];

/** What was told, without bookmarks: the change and the name. */
const told = ({ answers }: RpcStream, member = 'device') =>
  answers
    .filter(({ change }: Loose) => change !== BOOKMARK)
    .map((answer: Loose) => [answer.change, answer[member].metadata.name]);

async function follow(request: object = {}): Promise<RpcStream> {
  const { body } = await client.call('DeviceService/ListDevices', { limit: 1 });
  const { resourceVersion } = body.metadata;
  const stream = watch('DeviceService/WatchDevices', { ...request, resourceVersion });
  await waitFor(() => stream.answers.some(({ change }: Loose) => change === BOOKMARK));
  return stream;
}

describe('a watch by gRPC', () => {
  it('begins with all that is there, and tells each change as the list has it', async () => {
    await put('a', { site: 'lyon' });
    await settled();
    const stream = watch('DeviceService/WatchDevices');
    await waitFor(() => told(stream).length === 1);
    const shown = (await call('GET', '/devices/a')).body;
    expect(stream.answers[0]).toMatchObject({ change: ADDED, device: shown });
    await put('a', { site: 'nice' });
    await settle();
    await waitFor(() => told(stream).length === 2);
    await call('DELETE', '/devices/a');
    await settle();
    await waitFor(() => told(stream).length === 3);
    expect(told(stream)).toEqual([
      [ADDED, 'a'],
      [MODIFIED, 'a'],
      [DELETED, 'a'],
    ]);
  });

  it('takes selectors: what is not selected any more is gone', async () => {
    const stream = await follow({ labelSelector: 'site=lyon' });
    await put('a', { site: 'nice' });
    await put('b', { site: 'lyon' });
    await settle();
    await waitFor(() => told(stream).length === 1);
    await put('b', { site: 'nice' });
    await settle();
    await waitFor(() => told(stream).length === 2);
    expect(told(stream)).toEqual([
      [ADDED, 'b'],
      [DELETED, 'b'],
    ]);
  });

  it('goes on where an earlier one was, also one by REST', async () => {
    const first = await follow();
    await put('a');
    await settle();
    await waitFor(() =>
      first.answers.some(({ device, resourceVersion }: Loose) => device && resourceVersion),
    );
    const { resourceVersion } = first.answers.find(({ device }: Loose) => device);
    first.cancel();
    await waitFor(() => first.end.code === 'CANCELLED');
    await put('b');
    await settle();
    const next = watch('DeviceService/WatchDevices', { resourceVersion });
    await waitFor(() => told(next).length === 1);
    expect(told(next)).toEqual([[ADDED, 'b']]);
    const rest = await scene.watch('devices', { resourceVersion });
    await waitFor(() => rest.types.includes('ADDED'));
    await scene.hangUp();
  });

  it('is there for the other kinds', async () => {
    await call('PUT', '/fleets/f', fleet('f'));
    await settled();
    const fleets = watch('FleetService/WatchFleets');
    await waitFor(() => told(fleets, 'fleet').length === 1);
    expect(told(fleets, 'fleet')).toEqual([[ADDED, 'f']]);
    const versions = watch('TemplateVersionService/WatchTemplateVersions', { fleet: 'f' });
    const repositories = watch('RepositoryService/WatchRepositories');
    await waitFor(() => {
      scene.app.get(WatchService).remind(0);
      return versions.answers.length > 0 && repositories.answers.length > 0;
    });
    expect(versions.answers[0]).toMatchObject({
      change: BOOKMARK,
      resourceVersion: expect.stringMatching(/./),
    });
  });

  it('tells events as they are listed', async () => {
    await put('a');
    await settled();
    const { resourceVersion } = (await client.call('EventService/ListEvents')).body.metadata;
    const stream = watch('EventService/WatchEvents', { resourceVersion });
    await put('b');
    await settled();
    await waitFor(() => stream.answers.some(({ event }: Loose) => event));
    const { event } = stream.answers.find((answer: Loose) => answer.event);
    expect(event).toMatchObject({ kind: 'Event', involvedObject: { kind: 'Device', name: 'b' } });
    const listed = (await client.call('EventService/ListEvents', { limit: 1 })).body.items;
    expect(listed).toEqual([event]);
  });

  it('is refused with the reason', async () => {
    for (const [path, request, code, reason] of [
      ['DeviceService/WatchDevices', { resourceVersion: 'x' }, 'INVALID_ARGUMENT', 'INVALID'],
      ['DeviceService/WatchDevices', { labelSelector: '(' }, 'INVALID_ARGUMENT', 'INVALID'],
      ['TemplateVersionService/WatchTemplateVersions', { fleet: 'no' }, 'NOT_FOUND', 'NOT_FOUND'],
    ] as const) {
      const { end } = watch(path, request);
      await waitFor(() => end.code !== undefined);
      expect([end.code, end.details.ErrorInfo.reason]).toEqual([code, reason]);
    }
  });

  it('from a position that is not in the log is over, and says to list again', async () => {
    await put('a');
    await settled();
    const { body } = await client.call('DeviceService/ListDevices');
    const positions = scene.app.get(Positions);
    const mark = positions.markOf(DEFAULT_ORGANISATION, body.metadata.resourceVersion);
    const resourceVersion = positions.tokenOf(DEFAULT_ORGANISATION, { ...mark, number: 1_000_000 });
    const { end } = watch('DeviceService/WatchDevices', { resourceVersion });
    await waitFor(() => end.code !== undefined);
    expect(end).toMatchObject({
      code: 'OUT_OF_RANGE',
      details: { ErrorInfo: { reason: 'EXPIRED' } },
    });
    expect(end.message).toContain('list again');
  });

  it('ends when its client reads too slowly, with where it was', async () => {
    await put('big');
    await settle();
    const [slow, quick] = [await follow(), await follow()];
    slow.pause();
    const count = (): unknown => Reflect.get(scene.app.get(WatchService), 'count');
    expect(count()).toBe(2);
    const big = Object.fromEntries(
      Array.from({ length: 400 }, (_, key) => [`key-${key}`, 'x'.repeat(63)]),
    );
    for (let index = 0; count() === 2 && index < 2_000; index += 1) {
      await put('big', { ...big, index: String(index) });
      await settle();
    }
    expect(count()).toBe(1);
    expect(quick.end.code).toBeUndefined();
    slow.resume();
    await waitFor(() => slow.end.code !== undefined);
    expect(slow.end).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      details: { ErrorInfo: { reason: 'TOO_SLOW', domain: 'skein' } },
    });
    const { resourceVersion } = slow.end.details.ErrorInfo.metadata;
    const next = watch('DeviceService/WatchDevices', { resourceVersion });
    await waitFor(() => told(next).length > 0);
  });

  it('lets its client go when the gateway stops, which another one can go on with', async () => {
    const stream = await follow();
    await scene.app.close();
    await waitFor(() => stream.end.code !== undefined);
    expect(stream.end).toMatchObject({ code: 'UNAVAILABLE' });
    expect(stream.end.details.ErrorInfo.metadata.resourceVersion).not.toBe('');
    client.close();
    await scene.start();
    client = new GrpcClient(scene.app.get(GrpcDoor).transport.port);
  });
});
