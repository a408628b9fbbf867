import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Those on which nothing came while a head might have arrived, until their first request: Node looks after them no more. */
const unused = new Set<Socket>();

/** Sees first requests. */
export function noteRequests(server: Server): void {
  server.on('request', ({ socket }: IncomingMessage) => unused.delete(socket));
}

/** Lets one wait for its first request as long as others may wait for their next. */
export function letWait(socket: Socket & { readonly server?: Server }): void {
  const { keepAliveTimeout = 0, headersTimeout = 0 } = socket.server ?? {};
  unused.add(socket);
  const end = () => unused.has(socket) && socket.destroy();
  const timer = setTimeout(end, Math.max(0, keepAliveTimeout - headersTimeout));
  socket.once('close', () => {
    clearTimeout(timer);
    unused.delete(socket);
  });
}
