import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';
import { answerOn, head, rawConnection } from '../test/raw-client.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const { client, call, rpc } = door;

beforeAll(() => door.open());
afterAll(() => door.close());

const MIB = 1_024 * 1_024;
const ask = async (path: string, lines: readonly string[] = []) => {
  const socket = await rawConnection(await door.app.getUrl());
  socket.write(head('GET', path, 'connection: close', ...lines));
  return answerOn(socket);
};
/** A path of so many characters, of which nothing is found. */
const pathOf = (length: number) => '/api/v1/devices/'.padEnd(length, 'a');
const lines = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: 1`);
const nested = (depth: number) => `{"spec":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
const operations = (count: number) =>
  Array.from({ length: count }, () => ({ op: 'add', path: '/metadata/labels', value: {} }));
const patch = (body: unknown) =>
  call('PATCH', '/devices/one', body, { 'content-type': 'application/json-patch+json' });
const select = (selector: string) =>
  call('GET', `/devices?labelSelector=${encodeURIComponent(selector)}`);
const requirements = (count: number) =>
  Array.from({ length: count }, (_, index) => `k${index}=v`).join(',');
const values = (count: number) =>
  `k in (${Array.from({ length: count }, (_, index) => `v${index}`).join(',')})`;

describe('what comes before the body', () => {
  it('is a URL of 16 KiB at the most', async () => {
    expect((await client('GET', pathOf(16_384))).code).toBe(404);
    const { code, body } = await client('GET', pathOf(16_385));
    expect([code, body.reason, body.message]).toEqual([
      414,
      'RequestURITooLong',
      'the URL is too long: it may have 16 KiB',
    ]);
  });

  it('is 100 headers at the most', async () => {
    expect((await ask('/api/v1/devices', lines(98))).code).toBe(200);
    const { code, text } = await ask('/api/v1/devices', lines(99));
    expect([code, text]).toEqual([431, expect.stringContaining('there may be 100')]);
  });

  it('is 32 KiB at the most', async () => {
    expect((await ask('/api/v1/devices', [`x: ${'a'.repeat(32_000)}`])).code).toBe(200);
    const { code, text } = await ask('/api/v1/devices', [`x: ${'a'.repeat(33_000)}`]);
    expect([code, text]).toEqual([431, expect.stringContaining('may have 32 KiB together')]);
  });

  it('is metadata of 32 KiB at the most by gRPC', async () => {
    const list = (length: number) =>
      rpc('DeviceService/ListDevices', {}, { metadata: { 'x-large': 'a'.repeat(length) } });
    expect((await list(32_000)).code).toBe('OK');
    expect(await list(33_000)).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      message: 'the metadata is too large: it may have 32 KiB',
    });
  });

  it('has names as long as names may be', async () => {
    const name = 'a'.repeat(253);
    expect((await call('PUT', `/devices/${name}`, device(name))).code).toBe(201);
    expect((await call('GET', `/devices/${name}`)).body.metadata.name).toBe(name);
    const longer = `${name}a`;
    expect((await call('PUT', `/devices/${longer}`, device(longer))).code).toBe(400);
  });
});

describe('a body', () => {
  it('has 1 MiB at the most', async () => {
    const most = '{}'.padEnd(MIB);
    expect((await call('POST', '/devices', most)).code).toBe(400);
    expect((await call('POST', '/devices', `${most} `)).body).toMatchObject({
      code: 413,
      message: 'the body is too large: it may have 1 MiB',
    });
  });

  it('is nested 64 deep at the most', async () => {
    const [fits, tooDeep] = [nested(64), nested(65)];
    expect((await call('POST', '/devices', fits)).body.message).not.toContain('deeper');
    expect((await call('POST', '/devices', tooDeep)).body).toMatchObject({
      code: 400,
      message: expect.stringContaining('nested deeper than 64'),
    });
  });

  it('that never ends is refused at its first MiB, and the connection ends', async () => {
    const socket = await rawConnection(await door.app.getUrl());
    socket.on('error', () => undefined);
    socket.write(
      head(
        'POST',
        '/api/v1/devices',
        'content-type: application/json',
        'transfer-encoding: chunked',
      ),
    );
    const chunk = `${(16_384).toString(16)}\r\n${' '.repeat(16_384)}\r\n`;
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    const feeding = setInterval(() => socket.writable && socket.write(chunk), 1);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(feeding);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(socket.bytesWritten).toBeLessThan(8 * MIB);
  });
});

describe('what is asked in it', () => {
  it('is a patch of 100 operations at the most', async () => {
    await call('PUT', '/devices/one', device('one'));
    expect((await patch(operations(100))).code).toBe(200);
    expect((await patch(operations(101))).body).toMatchObject({
      code: 400,
      message: 'the patch has 101 operations, and may have 100',
    });
  });

  it('is a JSON pointer of 1,024 characters at the most', async () => {
    await call('PUT', '/devices/one', device('one'));
    const remove = async (path: string) => (await patch([{ op: 'remove', path }])).body.message;
    expect(await remove('/'.padEnd(1_024, 'a'))).not.toContain('no JSON pointer');
    expect(await remove('/'.padEnd(1_025, 'a'))).toContain('no JSON pointer of at most 1024');
  });

  it.each([
    ['100 requirements', /100/, requirements(100), requirements(101)],
    ['1,000 values', /1,?000/, values(1_000), values(1_001)],
    ['8 KiB', /longer than 8192 bytes/, `a=${'b'.repeat(63)}`, `a=${'b'.repeat(8_191)}`],
  ])('are selectors of %s at the most, at both doors', async (_what, said, most, more) => {
    expect((await select(most)).code).toBe(200);
    const message = expect.stringMatching(said);
    expect((await select(more)).body).toMatchObject({ code: 400, message });
    const answer = await rpc('DeviceService/ListDevices', { labelSelector: more });
    expect(answer).toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });
});

describe('memory', () => {
  it('keeps nothing of bodies that were refused', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };
    const deep = '['.repeat(MIB / 2) + ']'.repeat(MIB / 2);
    const send = async (times: number) => {
      for (let sent = 0; sent < times; sent += 1) {
        expect((await call('POST', '/devices', deep)).code).toBe(400);
      }
    };
    await send(5);
    const before = used();
    await send(60);
    // Finalizers of buffers run a little later.
    await waitFor(() => used() - before < 15 * MIB);
  });
});
