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
import { jsonClient } from '@skein/testing';
import { GrpcClient } from '../test/grpc-client.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { device, fleet } from '../test/manifests.js';
import { DevicesService } from './resources/devices.service.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const { rpc, call, appended } = door;

beforeAll(() => door.open());
afterAll(() => door.close());
beforeEach(() => door.clear());
afterEach(() => void jest.restoreAllMocks());

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const create = (name: string, more = {}) =>
  rpc('DeviceService/CreateDevice', { device: device(name, more) });

describe('an error', () => {
  it('of the request names each place and what is wrong there', async () => {
    const spec = { os: {}, config: [{ name: 'a' }] };
    const { code, message, details } = await create('No', { spec, metadata: { name: 'No' } });
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toMatch(/^spec\.config\[0\]\.name: the item must have.*; metadata\.name: /);
    expect(details['ErrorInfo']).toMatchObject({ reason: 'INVALID', domain: 'skein' });
    const { fieldViolations } = details['BadRequest'];
    expect(fieldViolations.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining(['metadata.name', 'spec.config[0].name']),
    );
    const rest = await call('POST', '/devices', device('No', { spec }));
    expect(rest.body.message).toBe(message);
  });

  it('names the resource that is missing', async () => {
    const { code, message, details } = await rpc('DeviceService/GetDevice', { name: 'none' });
    expect([code, message]).toEqual(['NOT_FOUND', 'Device none does not exist']);
    expect(details['ResourceInfo']).toMatchObject({ resourceType: 'Device', resourceName: 'none' });
    expect(details['ErrorInfo'].reason).toBe('NOT_FOUND');
  });

  it('says what stands in the way', async () => {
    await create('d');
    expect(await create('d')).toMatchObject({
      code: 'ALREADY_EXISTS',
      details: { ErrorInfo: { reason: 'EXISTS' } },
    });
    const stale = await rpc('DeviceService/DeleteDevice', { name: 'd', ifMatch: '"x"' });
    expect(stale.details['PreconditionFailure'].violations).toEqual([
      expect.objectContaining({ type: 'PRECONDITION', subject: 'If-Match' }),
    ]);
  });

  it('of a request that has no resource, no name or no mask says what to send', async () => {
    for (const [method, request, message] of [
      ['CreateDevice', {}, 'device: is missing'],
      ['CreateDevice', { device: {} }, /metadata/],
      ['ReplaceDevice', { device: { metadata: {} } }, 'metadata.name: is missing'],
      ['UpdateDevice', { device: device('d') }, /update_mask: must have the paths/],
      ['GetDevice', {}, 'Device  does not exist'],
    ] as const) {
      const { code, message: said } = await rpc(`DeviceService/${method}`, request);
      expect(code).toBe(method === 'GetDevice' ? 'NOT_FOUND' : 'INVALID_ARGUMENT');
      expect(said).toMatch(message);
    }
  });

  it('of another kind in the message is refused', async () => {
    const { code } = await rpc('DeviceService/CreateDevice', {
      device: { ...fleet('f'), spec: {} },
    });
    expect(code).toBe('INVALID_ARGUMENT');
  });

  it('that would have no end fits into what clients take', async () => {
    const long = '\u{1f600}'.repeat(50_000);
    expect((await rpc('DeviceService/GetDevice', { name: long })).code).toBe('NOT_FOUND');
    const config = Array.from({ length: 2_000 }, () => ({ name: '' }));
    const made = await create('d', { spec: { config }, metadata: { labels: { [long]: long } } });
    expect(made.code).toBe('INVALID_ARGUMENT');
    expect(made.details['BadRequest'].fieldViolations).toHaveLength(10);
    expect(made.trailerBytes).toBeLessThan(8_192);
  });

  it('of too large a spec is the same as at the other door', async () => {
    const content = 'x'.repeat(61 * 1_024);
    const spec = { config: [{ name: 'a', inline: [{ path: '/a', content }] }] };
    const answer = await create('d', { spec });
    expect(answer).toMatchObject({ code: 'INVALID_ARGUMENT', message: /^spec: has \d+ bytes/ });
    expect(answer.details['BadRequest'].fieldViolations[0].field).toBe('spec');
  });

  it('of ours is told as one, and nothing leaks', async () => {
    jest.spyOn(door.app.get(DevicesService), 'read').mockRejectedValue(new Error('secret query'));
    const { code, message, details } = await rpc('DeviceService/GetDevice', { name: 'd' });
    expect([code, message]).toEqual([
      'INTERNAL',
      'the request failed: the log of the gateway says why',
    ]);
    expect(JSON.stringify(details)).not.toContain('secret');
  });

  it('that passes says when to try again', async () => {
    const busy = Object.assign(new Error('deadlock'), { code: '40P01' });
    jest.spyOn(door.app.get(DevicesService), 'read').mockRejectedValue(busy);
    const { code, details } = await rpc('DeviceService/GetDevice', { name: 'd' });
    expect(code).toBe('UNAVAILABLE');
    expect(details['RetryInfo'].retryDelay.seconds).toBe(1);
  });
});

describe('a hostile request', () => {
  it('is refused as the mistake of the client that it is', async () => {
    const bytes = [
      Buffer.from('noise'),
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      Buffer.from([0x0a, 2, 0xff, 0xfe]),
      Buffer.from([0x52, 1, 65]),
      Buffer.alloc(500_000, 0x0a),
    ];
    for (const one of bytes) {
      const { code } = await rpc('DeviceService/CreateDevice', {}, { bytes: one });
      expect(code).toBe('INVALID_ARGUMENT');
    }
  });

  it('of text that PostgreSQL cannot keep is refused', async () => {
    for (const text of ['a\0b', 'ok\u0000']) {
      expect((await create('d', { metadata: { labels: { a: text } } })).code).toBe(
        'INVALID_ARGUMENT',
      );
    }
    for (const [method, request] of [
      ['DeviceService/GetDevice', { name: 'a\0' }],
      ['DeviceService/GetRenderedDevice', { name: 'a\0' }],
      ['DeviceService/ReportDeviceStatus', { name: 'a\0', status: {} }],
      ['FleetService/DeleteFleet', { name: 'a\0' }],
      ['RolloutService/GetRollout', { name: 'a\0' }],
      ['RolloutService/StartRollout', { fleet: 'a\0' }],
      ['DeviceService/ListDevices', { labelSelector: 'a=\0' }],
      ['TemplateVersionService/ListTemplateVersions', { fleet: 'a\0' }],
    ] as const) {
      const { code } = await rpc(method, request);
      expect([method, code]).toEqual([method, expect.stringMatching(/NOT_FOUND|INVALID_ARGUMENT/)]);
    }
    expect((await call('GET', '/devices/a%00/rendered')).code).toBe(404);
  });

  it('that is too large is refused, and the connection goes on', async () => {
    const { code, message } = await rpc(
      'DeviceService/CreateDevice',
      {},
      { bytes: Buffer.alloc(1_100_000) },
    );
    expect([code, message]).toEqual([
      'RESOURCE_EXHAUSTED',
      expect.stringMatching(/larger than max/),
    ]);
    expect((await create('d')).code).toBe('OK');
  });

  it('that is small, and large when it is unpacked, is refused', async () => {
    const client = new GrpcClient(door.port, { 'grpc.default_compression_algorithm': 2 });
    const bytes = Buffer.alloc(100_000_000);
    const { code } = await client.call('DeviceService/CreateDevice', {}, { bytes });
    expect(code).toBe('RESOURCE_EXHAUSTED');
    const small = await client.call('AboutService/GetVersion');
    expect(small.code).toBe('OK');
    client.close();
  });

  it('with too much metadata does not reach anybody', async () => {
    const metadata = { more: 'x'.repeat(100_000) };
    const { code } = await rpc('AboutService/GetVersion', {}, { metadata });
    expect(code).not.toBe('OK');
    expect((await rpc('AboutService/GetVersion')).code).toBe('OK');
  });
});

describe('the metadata of a call', () => {
  it('has the id of the request, also on errors, and events have it', async () => {
    const metadata = { 'x-request-id': 'mine-1', traceparent: TRACE };
    const made = await rpc('DeviceService/CreateDevice', { device: device('d') }, { metadata });
    expect(made.metadata['x-request-id']).toBe('mine-1');
    const [event] = await appended();
    expect(event).toMatchObject({ requestid: 'mine-1', actor: 'anonymous' });
    expect(event!.traceparent).toContain(TRACE.split('-')[1]);
    expect(event).toMatchObject({
      sourceaddress: expect.stringMatching(/^(::ffff:)?127\.0\.0\.1$/),
    });
    const refused = await rpc('DeviceService/GetDevice', { name: 'x' }, { metadata });
    expect(refused.metadata['x-request-id']).toBe('mine-1');
    expect(refused.details['RequestInfo']).toMatchObject({ requestId: 'mine-1' });
    const own = await rpc(
      'AboutService/GetVersion',
      {},
      { metadata: { 'x-request-id': 'no spaces' } },
    );
    expect(own.metadata['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
