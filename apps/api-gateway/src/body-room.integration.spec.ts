import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as organization } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';
import { answerOn, head, rawConnection } from '../test/raw-client.js';
import { Tokens } from '../test/tokens.js';
import { BODY_ROOM_BYTES, BodyRoom } from './limits/body-room.js';

const MIB = 1_024 * 1_024;
const HALF = BODY_ROOM_BYTES / 2;

const folder = mkdtempSync(join(tmpdir(), 'skein-body-room-'));
const tokens = new Tokens(join(folder, 'tokens.json'), [{ id: organization, displayName: 'Own' }])
  .give('one', { role: 'admin', organization })
  .give('two', { role: 'admin', organization });
const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

let room: BodyRoom;
let sockets: Socket[] = [];
let session: ClientHttp2Session | undefined;

beforeAll(async () => {
  tokens.write();
  await door.openWith({ SKEIN_AUTHENTICATION: 'tokens', SKEIN_ACCESS_FILE: tokens.file });
  room = door.app.get(BodyRoom);
});
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  session?.destroy();
  session = undefined;
  await waitFor(() => room.used === 0);
});

/** Of a token, as lines of headers. */
const linesOf = (name: string) =>
  Object.entries(tokens.of(name)).map(([key, value]) => `${key}: ${value}`);

/** Begins a body by REST, and sends no more of it than its first byte. */
async function begin(size: string, lines: readonly string[] = []): Promise<Socket> {
  const socket = await rawConnection(await door.app.getUrl());
  sockets.push(socket.on('error', () => undefined));
  const json = 'content-type: application/json';
  socket.write(
    head('POST', '/api/v1/devices', json, size, ...lines) +
      (size.includes('chunked') ? '1\r\n{\r\n' : '{'),
  );
  return socket;
}
const beginMany = (count: number, size: string, lines?: readonly string[]) =>
  Promise.all(Array.from({ length: count }, () => begin(size, lines)));

const ofOneMib = `content-length: ${MIB}`;
const create = (name: string, token = 'one') =>
  door.call('POST', '/devices', device(name), tokens.of(token));

describe('bodies that do not arrive', () => {
  it('of clients without a token fill half of the room, and those with one have the rest', async () => {
    await beginMany(HALF / MIB, ofOneMib);
    await waitFor(() => room.used === HALF);
    const { code, text } = await answerOn(await begin(ofOneMib));
    expect([code, text]).toEqual([
      429,
      expect.stringMatching(
        /retry-after: \d+.*too many bodies at this gateway; try again in \d+ s/is,
      ),
    ]);
    const { code: unknown } = await answerOn(
      await begin('content-length: 2', ['authorization: Bearer of-nobody']),
    );
    expect(unknown).toBe(429);
    expect((await create('in-the-other-half')).code).toBe(201);
    expect((await door.call('GET', '/devices', undefined, tokens.of('one'))).code).toBe(200);
  });

  it('of one client have an eighth of it beyond that half', async () => {
    await beginMany(HALF / MIB + 8, ofOneMib, linesOf('one'));
    await waitFor(() => room.used === HALF + 8 * MIB);
    expect((await create('one-too-many', 'one')).code).toBe(429);
    expect((await create('of-another', 'two')).code).toBe(201);
  });

  it('are counted as the limit of a body when they come in chunks or are larger', async () => {
    await beginMany(3, 'transfer-encoding: chunked');
    await waitFor(() => room.used === 3 * MIB);
    const { code } = await answerOn(await begin(`content-length: ${100 * MIB}`));
    expect(code).toBe(413);
  });

  it('give back what they have when they are answered or their connection ends', async () => {
    expect((await create('answered')).code).toBe(201);
    await waitFor(() => room.used === 0);
    const [socket] = await beginMany(1, ofOneMib);
    await waitFor(() => room.used === MIB);
    socket!.destroy();
    await waitFor(() => room.used === 0);
  });
});

describe('messages that do not arrive', () => {
  const SENT = 512 * 1_024;
  const message = Buffer.alloc(SENT);
  message.writeUInt32BE(MIB, 1);

  /** Begins a message by gRPC, and sends half of it. */
  function call(headers: Record<string, string> = {}): ClientHttp2Stream {
    session ??= connect(`http://127.0.0.1:${door.port}`).on('error', () => undefined);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/skein.v1.AboutService/GetVersion',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined).resume();
    stream.write(message);
    return stream;
  }
  const fillHalf = async () => {
    for (let sent = 0; sent < HALF; sent += SENT) call();
    await waitFor(() => room.used === HALF);
  };

  it('fill half of the room without a token, and then their streams are closed', async () => {
    await fillHalf();
    const streams = [call(), call(), call()];
    await waitFor(() => streams.some(({ closed }) => closed));
    expect(streams.map(({ rstCode }) => rstCode)).toContain(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(room.used).toBeLessThanOrEqual(HALF);
  });

  it('leave the rest to those who have one', async () => {
    await fillHalf();
    const { code } = await door.rpc(
      'DeviceService/CreateDevice',
      { device: device('by-grpc') },
      { metadata: tokens.of('one') },
    );
    expect(code).toBe('OK');
    const stream = call(tokens.of('two'));
    await waitFor(() => room.used > HALF);
    stream.close();
    await once(stream, 'close');
  });
});
