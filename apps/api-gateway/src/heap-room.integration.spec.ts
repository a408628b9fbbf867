import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as organization } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';
import { rawConnection } from '../test/raw-client.js';
import { Tokens } from '../test/tokens.js';
import { HELD_BY, HeapRoom } from './limits/heap-room.js';
import { RenderedWaiters } from './resources/rendered-waiters.js';

const COUNT = 300;
const CLIENTS = new URL('../test/waiting-clients.mjs', import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), 'skein-heap-room-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [
  { id: organization, displayName: 'Own' },
]).give('admin', { role: 'admin', organization });
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

let room: HeapRoom;
let waiters: RenderedWaiters;
/** What of the room is left without clients of a test, in bytes. */
let whole: number;
let clients: ChildProcess | undefined;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap that are live. */
async function heap(): Promise<number> {
  await sleep(200);
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
const taken = () => whole - room.left;

/** Starts clients; what they hold of the heap when they are all there, each, in bytes. */
async function heldByEach(how: string, areThere: () => boolean): Promise<number> {
  const port = how === 'rest' ? new URL(await door.app.getUrl()).port : String(door.port);
  const token = tokens.of('admin')['authorization']!.replace('Bearer ', '');
  const before = await heap();
  clients = spawn(process.execPath, [CLIENTS, how, port, token, String(COUNT)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await waitFor(areThere, { timeoutMs: 30_000 });
  return ((await heap()) - before) / COUNT;
}

beforeAll(async () => {
  tokens.write();
  await door.openWith({
    SKEIN_AUTHENTICATION: 'tokens',
    SKEIN_ACCESS_FILE: tokens.file,
    SKEIN_RATE_OF_USERS: '0',
  });
  [room, waiters] = [door.app.get(HeapRoom), door.app.get(RenderedWaiters)];
  for (let number = 0; number < COUNT; number += 1) {
    const name = `d${number}`;
    const made = await door.call('PUT', `/devices/${name}`, device(name), tokens.of('admin'));
    expect(made.code).toBe(201);
  }
  await door.rpc('AboutService/GetVersion');
});

afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  whole = room.left;
});
afterEach(async () => {
  clients?.stdin?.end();
  if (clients?.exitCode === null) await once(clients, 'exit');
  await waitFor(() => waiters.size === 0 && room.left >= whole);
});

/** All wait. */
const wait = () => waiters.size === COUNT;

describe('what is taken of the room in the heap', () => {
  it('is not less than a device holds that waits by REST', async () => {
    const bytes = await heldByEach('rest', wait);
    expect(bytes).toBeLessThan(HELD_BY.restConnection);
    expect(taken()).toBeGreaterThanOrEqual(COUNT * HELD_BY.restConnection);
  });

  it('is not less than a device holds that waits by gRPC', async () => {
    const bytes = await heldByEach('grpc', wait);
    expect(bytes).toBeLessThan(HELD_BY.grpcCall);
    expect(taken()).toBeGreaterThanOrEqual(COUNT * HELD_BY.grpcCall);
  });

  it('is not less than a call by gRPC holds whose message does not come, without a token', async () => {
    const bytes = await heldByEach('grpc-silent', () => taken() >= COUNT * HELD_BY.grpcCall);
    expect(bytes).toBeLessThan(HELD_BY.grpcCall);
  });

  it('is not less than a connection to the gRPC door holds', async () => {
    const bytes = await heldByEach(
      'grpc-connections',
      () => taken() >= COUNT * HELD_BY.grpcConnection,
    );
    expect(bytes).toBeLessThan(HELD_BY.grpcConnection);
  });
});

describe('without room', () => {
  let others: number;
  const leave = (bytes: number) => {
    others = room.left - bytes;
    room.take(others);
  };
  afterEach(() => room.give(others));

  it('a call by gRPC is told when to come again', async () => {
    leave(HELD_BY.grpcCall - 1);
    const metadata = { ...tokens.of('admin'), 'x-request-id': 'mine' };
    const request = { name: 'd0', knownRenderedVersion: '0' };
    const answer = await door.rpc('DeviceService/GetRenderedDevice', request, { metadata });
    expect([answer.code, answer.message]).toEqual([
      'RESOURCE_EXHAUSTED',
      expect.stringMatching(/too many calls at this gateway; try again in \d+ s/),
    ]);
    expect(answer.details).toMatchObject({ RetryInfo: {}, RequestInfo: { requestId: 'mine' } });
    await waitFor(() => room.left === HELD_BY.grpcCall - 1);
  });

  it('connections are closed at once, at either door, and counted', async () => {
    leave(HELD_BY.grpcConnection - 1);
    const before = await door.gauge('skein_connections_dropped_total');
    for (const url of [await door.app.getUrl(), `http://127.0.0.1:${door.port}`]) {
      const socket = await rawConnection(url);
      await once(socket.resume(), 'close');
    }
    expect(await door.gauge('skein_connections_dropped_total')).toBe(before + 2);
    expect(room.left).toBe(HELD_BY.grpcConnection - 1);
  });
});
