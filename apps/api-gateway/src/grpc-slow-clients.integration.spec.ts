import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';
import { rawConnection } from '../test/raw-client.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });
const MOST = 20;

beforeAll(() =>
  door.openWith({
    SKEIN_REQUEST_TIMEOUT_MS: '1000',
    SKEIN_KEEP_ALIVE_MS: '1000',
    SKEIN_LONG_POLL_MS: '4000',
    SKEIN_MAX_CONNECTIONS: String(MOST),
  }),
);
afterAll(() => door.close());

const url = () => `http://127.0.0.1:${door.port}`;
const open = async () => {
  const socket = await rawConnection(url());
  socket.on('error', () => undefined).resume();
  return socket;
};

/** Calls a method, and sends of its message what is given. */
const begin = (session: ClientHttp2Session, bytes: Buffer) => {
  const headers = { ':method': 'POST', ':path': '/skein.v1.AboutService/GetVersion' };
  const stream = session.request({
    ...headers,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.write(bytes);
  return stream.resume();
};

describe('a client of gRPC', () => {
  it.each([
    ['nothing of its message', Buffer.alloc(0)],
    ['half of its message', Buffer.from([0, 0, 0, 0, 9, 1, 2])],
  ])('that sends %s is told so, and its call does not stay open', async (_what, bytes) => {
    const session = connect(url());
    const stream = begin(session, bytes);
    let said: unknown;
    stream.on('response', (headers) => (said = headers['grpc-status']));
    stream.on('trailers', (trailers) => (said = trailers['grpc-status']));
    await once(stream, 'close');
    expect([said, stream.rstCode]).toEqual(['4', constants.NGHTTP2_NO_ERROR]);
    session.destroy();
  });

  it('that says nothing at all is let go', async () => {
    await once(await open(), 'close');
  });

  it('that has nothing to call any more is let go', async () => {
    const session = connect(url());
    await once(begin(session, Buffer.alloc(5)).end(), 'close');
    await once(session, 'close');
  });

  it('that waits for a document stays', async () => {
    await door.call('PUT', '/devices/one', device('one'));
    const { code, body } = await door.rpc('DeviceService/GetRenderedDevice', { name: 'one' });
    expect([code, body]).toEqual(['OK', {}]);
  });

  it('is closed at once when there are too many, and counted', async () => {
    const sockets = await Promise.all(Array.from({ length: MOST + 5 }, open));
    await waitFor(() => sockets.filter(({ closed }) => closed).length >= 5);
    expect(await door.gauge('skein_connections_dropped_total')).toBeGreaterThanOrEqual(5);
    for (const socket of sockets) socket.destroy();
  });
});
