import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device, repository } from '../test/manifests.js';
import { DevicesService } from './resources/devices.service.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const { rpc } = door;

beforeAll(() => door.open());
afterAll(() => door.close());
beforeEach(() => door.clear());
afterEach(() => void jest.restoreAllMocks());

const create = (name: string, more = {}) =>
  rpc('DeviceService/CreateDevice', { device: device(name, more) });

describe('a call that nobody waits for', () => {
  const waiting = () => door.app.get(RenderedWaiters).size;

  it('ends when it is cancelled, and when its deadline is over', async () => {
    await create('d');
    const gone = new AbortController();
    const request = { name: 'd' };
    const polling = rpc('DeviceService/GetRenderedDevice', request, { signal: gone.signal });
    await waitFor(() => waiting() === 1);
    gone.abort();
    expect((await polling).code).toBe('CANCELLED');
    await waitFor(() => waiting() === 0);
    const late = rpc('DeviceService/GetRenderedDevice', request, { deadlineMs: 300 });
    await waitFor(() => waiting() === 1);
    expect((await late).code).toBe('DEADLINE_EXCEEDED');
    await waitFor(() => waiting() === 0);
  });

  it('writes nothing that it has not begun to write', async () => {
    const devices = door.app.get(DevicesService);
    const original = devices.create.bind(devices);
    let begun = false;
    const { promise: free, resolve } = Promise.withResolvers<void>();
    const over = Promise.withResolvers<string>();
    jest.spyOn(devices, 'create').mockImplementation(async (caller, body) => {
      begun = true;
      await free;
      const made = original(caller, body);
      made.then(
        () => over.resolve('made'),
        (error: Error) => over.resolve(error.message),
      );
      return made;
    });
    const gone = new AbortController();
    const late = rpc(
      'DeviceService/CreateDevice',
      { device: device('d') },
      { signal: gone.signal },
    );
    await waitFor(() => begun);
    gone.abort();
    expect((await late).code).toBe('CANCELLED');
    await rpc('AboutService/GetVersion');
    resolve();
    expect(await over.promise).toBe('the call was cancelled');
    expect((await rpc('DeviceService/GetDevice', { name: 'd' })).code).toBe('NOT_FOUND');
  });
});

describe('a page that is larger than clients take', () => {
  it('is shorter than its limit, and the next ones have the rest', async () => {
    const content = 'x'.repeat(50 * 1_024);
    const spec = { config: [{ name: 'a', inline: [{ path: '/a', content }] }] };
    const names = Array.from({ length: 100 }, (_, index) => `d${index + 100}`);
    for (const name of names) await create(name, { spec });
    const seen: string[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const request = { limit: 1_000, ...(next && { continue: next }) };
      const { code, body } = await rpc('DeviceService/ListDevices', request);
      expect(code).toBe('OK');
      seen.push(...body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name));
      next = body.metadata.continue;
      pages += 1;
    } while (next);
    expect(seen).toEqual(names);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('the repository of another server', () => {
  it('does not get the secrets of this one', async () => {
    const spec = { httpConfig: { token: 't' } };
    await rpc('RepositoryService/CreateRepository', { repository: repository('r', spec) });
    const { body } = await rpc('RepositoryService/GetRepository', { name: 'r' });
    body.repository.spec.url = 'https://other.example/r.git';
    const { code, message } = await rpc('RepositoryService/ReplaceRepository', body);
    expect([code, message]).toEqual(['INVALID_ARGUMENT', expect.stringMatching(/^spec\.url: /)]);
  });
});
