import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';
import { answerOn, head, rawConnection } from '../test/raw-client.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

const TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 5_000;
/** Longer than a request may take to arrive. */
const LONG_POLL_MS = 5_000;

beforeAll(() =>
  door.openWith({
    SKEIN_HEADERS_TIMEOUT_MS: String(TIMEOUT_MS),
    SKEIN_REQUEST_TIMEOUT_MS: String(TIMEOUT_MS),
    SKEIN_STALLED_ANSWER_MS: String(TIMEOUT_MS),
    SKEIN_KEEP_ALIVE_MS: String(KEEP_ALIVE_MS),
    SKEIN_LONG_POLL_MS: String(LONG_POLL_MS),
    SKEIN_MAX_CONNECTIONS: '20',
  }),
);
afterAll(() => door.close());

const open = async () => rawConnection(await door.app.getUrl());
/** Sends a byte now and then, for as long as it is let. */
const drip = async (start: string) => {
  const socket = await open();
  socket.on('error', () => undefined);
  socket.write(start);
  const dripping = setInterval(() => socket.write('a'), 200);
  return answerOn(socket).finally(() => clearInterval(dripping));
};
const json = ['content-type: application/json', 'content-length: 1000'];

describe('a client that sends slowly', () => {
  it.each([
    ['headers', 'GET /api/v1/devices HTTP/1.1\r\nhost: localhost\r\nx-slow: '],
    ['a body', head('POST', '/api/v1/devices', ...json)],
  ])('%s is told 408, and let go', async (_what, start) => {
    const { code, text } = await drip(start);
    expect([code, text]).toEqual([408, expect.stringContaining('did not arrive in time')]);
  });

  it('or has sent nothing yet is let go without a word, as late as one that is idle', async () => {
    const begun = Date.now();
    expect((await answerOn(await open())).text).toBe('');
    expect(Date.now() - begun).toBeGreaterThan(KEEP_ALIVE_MS - 100);
  });

  it('or begins late is answered', async () => {
    const socket = await open();
    await sleep(2 * TIMEOUT_MS);
    socket.write(head('GET', '/api/v1/version', 'connection: close'));
    expect((await answerOn(socket)).code).toBe(200);
  });

  it('or begins late with nothing that is a request is let go', async () => {
    const socket = await open();
    await sleep(2 * TIMEOUT_MS);
    socket.write('\r\n');
    expect((await answerOn(socket)).text).toBe('');
  });

  it('leaves others as they are', async () => {
    const slow = drip('GET / HTTP/1.1\r\nx: ');
    expect((await door.call('GET', '/devices')).code).toBe(200);
    await slow;
  });
});

describe('a client that takes nothing of its answer', () => {
  it('is let go', async () => {
    const socket = await open();
    socket.on('error', () => undefined);
    socket.pause();
    // More than the buffers on the way hold.
    const asked = head('GET', '/docs/openapi.json').repeat(200);
    socket.write(asked);
    let closed = false;
    const connections = () =>
      new Promise<number>((resolve) =>
        door.app.getHttpServer().getConnections((_error: unknown, count: number) => resolve(count)),
      );
    await waitFor(async () => (closed = (await connections()) === 0), { timeoutMs: 30_000 });
    expect(closed).toBe(true);
    socket.destroy();
  });
});

describe('a client that waits', () => {
  it('for a document is answered when its time is over, after all these', async () => {
    await door.call('PUT', '/devices/one', device('one'));
    const begun = Date.now();
    const { code } = await door.call('GET', '/devices/one/rendered');
    expect(code).toBe(204);
    expect(Date.now() - begun).toBeGreaterThan(LONG_POLL_MS - 100);
  });

  it('with a watch stays', async () => {
    const response = await fetch(`${await door.app.getUrl()}/api/v1/devices?watch=true`);
    const reader = response.body!.getReader();
    const silent = sleep(4 * TIMEOUT_MS, 'silent');
    for (;;) {
      const next = await Promise.race([reader.read(), silent]);
      if (next === 'silent') break;
      expect((next as { done: boolean }).done).toBe(false);
    }
    await reader.cancel();
  });

  it('with nothing to ask is let go', async () => {
    const socket = await open();
    socket.write(head('GET', '/api/v1/version'));
    socket.resume();
    await once(socket, 'close');
  });
});

describe('connections', () => {
  it('beyond the limit are closed at once, and counted; health is elsewhere', async () => {
    const sockets = await Promise.all(Array.from({ length: 25 }, open));
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await waitFor(() => sockets.filter(({ closed }) => closed).length >= 5);
    expect(await door.gauge('skein_connections_dropped_total')).toBe(5);
    for (const socket of sockets) socket.destroy();
  });
});
