import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import type { Logger } from '@skein/telemetry';
import { waitFor } from '@skein/testing';
import type { GatewayConfig } from '../gateway.config.js';
import { limitConnections } from './connections.js';
import { HeapRoom } from './heap-room.js';

const logger = { info: () => undefined } as unknown as Logger;
const opened: (() => void)[] = [];
afterEach(() => opened.splice(0).forEach((close) => close()));

/** A server whose connections take two bytes each; a client of it. */
async function open(room: HeapRoom, most: number) {
  const server = createServer();
  limitConnections(server, { most, room, bytes: 2 });
  server.listen(0, '127.0.0.1');
  opened.push(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    opened.push(() => socket.destroy());
    return socket.resume();
  };
}
/** A room with so many bytes left. */
function roomOf(bytes: number): HeapRoom {
  const room = new HeapRoom({ maxConnections: 1 } as GatewayConfig, logger);
  room.take(room.left - bytes);
  return room;
}
const isOpen = async (socket: Socket) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return !socket.destroyed;
};

it('two servers let in no more connections than both have room for', async () => {
  const room = roomOf(5);
  const [one, other] = [await open(room, 100), await open(room, 100)];
  const first = one();
  expect([await isOpen(first), await isOpen(other()), room.left]).toEqual([true, true, 1]);
  expect([await isOpen(one()), await isOpen(other())]).toEqual([false, false]);
  first.destroy();
  await waitFor(() => room.left === 3);
  expect([await isOpen(other()), room.left]).toEqual([true, 1]);
});

it('a server lets in no more than its setting, and those it closes take no room', async () => {
  const room = roomOf(100);
  const client = await open(room, 1);
  expect([await isOpen(client()), await isOpen(client()), room.left]).toEqual([true, false, 98]);
});
