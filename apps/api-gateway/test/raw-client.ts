import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** A connection on which a test writes bytes, and no client's good manners. */
export async function rawConnection(baseUrl: string): Promise<Socket> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

/** The head of a request, with lines of headers. */
export const head = (method: string, path: string, ...lines: string[]) =>
  [`${method} ${path} HTTP/1.1`, 'host: localhost', ...lines, '', ''].join('\r\n');

/** All that comes until the connection is closed; of a first answer its code, too. */
export async function answerOn(socket: Socket): Promise<{ code: number; text: string }> {
  const all = await text(socket);
  return { code: Number(all.split(' ')[1]), text: all };
}
