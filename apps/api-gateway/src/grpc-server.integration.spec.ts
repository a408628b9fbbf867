import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcClient } from '../test/grpc-client.js';
import { GrpcScene } from '../test/grpc-scene.js';
import { HealthClient } from '../test/health-client.js';
import { device } from '../test/manifests.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

beforeAll(() => door.open());
afterAll(() => door.close());
afterEach(async () => {
  await restart();
  await door.clear();
});

/** Closes the gateway, if a test has not, and starts it with these settings. */
async function restart(settings: Record<string, string> = {}): Promise<void> {
  await door.app.close();
  const usual = { SKEIN_GRPC_PORT: '0', SKEIN_GRPC_REFLECTION: 'false' };
  Object.assign(process.env, usual, settings);
  await door.start();
}

const root = new URL('../../../', import.meta.url).pathname;

/** Runs buf as users do. */
function buf(...args: string[]): Promise<{ code: number; text: string }> {
  const binary = `${root}node_modules/@bufbuild/buf/bin/buf`;
  return new Promise((resolve) => {
    execFile(process.execPath, [binary, ...args], { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), text: `${stdout}${stderr}` });
    });
  });
}

const curl = (path: string, ...more: string[]) =>
  buf(
    'curl',
    '--protocol',
    'grpc',
    '--http2-prior-knowledge',
    ...more,
    `http://127.0.0.1:${door.port}/${path}`,
  );

describe('the health of the gateway', () => {
  it('follows its readiness, and is the first thing that ends', async () => {
    const health = new HealthClient(door.port);
    await waitFor(async () => (await health.check('')) === 'SERVING');
    expect(await health.check('skein.v1.DeviceService')).toBe('SERVING');
    expect(await health.check('none')).toBe('NOT_FOUND');
    const heard = health.watch('');
    await waitFor(() => heard.length > 0);
    const closing = door.app.close();
    await waitFor(() => heard.includes('NOT_SERVING'));
    await closing;
    await waitFor(() => heard.length > 2);
    expect(heard).toEqual(['SERVING', 'NOT_SERVING', 'the gateway stops']);
    health.close();
  });
});

describe('the stop of the gateway', () => {
  it('answers who has connected and was not let in yet', async () => {
    const own = { 'grpc.use_local_subchannel_pool': 1 };
    const clients = Array.from({ length: 60 }, () => new GrpcClient(door.port, own));
    const asked = clients.map((client) => client.call('AboutService/GetVersion', {}));
    await door.app.close();
    const answers = await Promise.all(asked);
    expect(answers.map(({ code }) => code)).toEqual(Array(60).fill('OK'));
    for (const client of clients) client.close();
  });

  it('answers who waits, and takes no new calls', async () => {
    const client = new GrpcClient(door.port);
    await client.call('DeviceService/CreateDevice', { device: device('d') });
    const polling = client.call('DeviceService/GetRenderedDevice', { name: 'd' });
    await waitFor(() => door.app.get(RenderedWaiters).size === 1);
    await door.app.close();
    expect(await polling).toMatchObject({ code: 'OK', body: {} });
    const late = await client.call('AboutService/GetVersion', {}, { deadlineMs: 1_000 });
    expect(['UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(late.code);
    client.close();
  });

  it('and its start, when the port is taken, say what is the matter', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const opening = restart({ SKEIN_GRPC_PORT: String(port) });
    await expect(opening).rejects.toThrow(`SKEIN_GRPC_PORT: cannot listen at 127.0.0.1:${port}`);
    other.close();
  });
});

describe('reflection', () => {
  it('is not there unless it is asked for', async () => {
    const { code, text } = await curl('skein.v1.AboutService/GetVersion');
    expect([code, text]).toEqual([
      expect.any(Number),
      expect.stringMatching(/failed to find service/),
    ]);
    expect(code).not.toBe(0);
  });

  it('tells clients without protos what there is', async () => {
    await restart({ SKEIN_GRPC_REFLECTION: 'true' });
    const { text } = await curl('skein.v1.AboutService/GetVersion');
    expect(JSON.parse(text)).toEqual((await door.call('GET', '/version')).body);
    const manifest = { device: device('d', { spec: { config: [], os: { image: 'x' } } }) };
    const made = await curl(
      'skein.v1.DeviceService/CreateDevice',
      '--data',
      JSON.stringify(manifest),
    );
    expect(JSON.parse(made.text)).toMatchObject({ device: { metadata: { name: 'd' } } });
    const listed = await buf(
      'curl',
      '--protocol',
      'grpc',
      '--http2-prior-knowledge',
      '--list-services',
      `http://127.0.0.1:${door.port}`,
    );
    expect(listed.text).toContain('skein.v1.DeviceService');
  });
});
