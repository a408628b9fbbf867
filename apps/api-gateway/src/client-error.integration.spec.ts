import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });
beforeAll(() => door.open());
afterAll(() => door.close());

/** What the gateway writes when these bytes come. */
async function answerTo(bytes: string) {
  const { hostname, port } = new URL(await door.app.getUrl());
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const [head, body] = (await text(socket)).split('\r\n\r\n') as [string, string];
  return { head: head.toLowerCase(), body: JSON.parse(body) };
}

it.each([
  [
    'a URL beyond all bounds',
    `GET /api/v1/devices?labelSelector=${'a'.repeat(40_000)} HTTP/1.1\r\n\r\n`,
    431,
  ],
  ['what is no HTTP', 'hello\r\n\r\n', 400],
  [
    'a header that hides another request',
    'GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  [
    'a path that is no text',
    'GET /api/v1/devices/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    400,
  ],
  [
    'a part of a path above all names',
    `GET /api/v1/devices/${'a'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    414,
  ],
  [
    'an expectation that nobody knows',
    'GET /api/v1/devices HTTP/1.1\r\nHost: a\r\nExpect: x\r\nConnection: close\r\n\r\n',
    417,
  ],
])('%s is refused with a Status, and the connection ends', async (_what, bytes, code) => {
  const { head, body } = await answerTo(bytes);
  expect(head).toMatch(new RegExp(`^http/1.1 ${code} `));
  expect(head).toContain('flightctl-api-version: v1beta1');
  expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code });
});

it('what is no HTTP but begins as HEAD gets no body', async () => {
  const { hostname, port } = new URL(await door.app.getUrl());
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.from('HEAD /\u00e9 HTTP/1.1\r\n\r\n', 'latin1'));
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 .*\r\n\r\n$/s);
});

it('a client that goes away in the middle leaves the gateway as it is', async () => {
  const { hostname, port } = new URL(await door.app.getUrl());
  const socket = connect(Number(port), hostname);
  socket.write('GET /api/v1/devices HTTP/1.1\r\n');
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.resetAndDestroy();
  expect((await door.call('GET', '/devices')).code).toBe(200);
});
