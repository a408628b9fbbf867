import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { answerOf, type EarlyRefusal } from './early-refusal.js';
import { letWait } from './unused-connections.js';

const refusals: Readonly<Record<string, EarlyRefusal>> = {
  HPE_HEADER_OVERFLOW: {
    code: 431,
    reason: 'RequestHeaderFieldsTooLarge',
    message: 'URL and headers: may have 32 KiB together',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 408,
    reason: 'RequestTimeout',
    message: 'the request did not arrive in time',
  },
};

const unreadable: EarlyRefusal = {
  code: 400,
  reason: 'BadRequest',
  message: 'the request cannot be read as HTTP/1.1',
};

interface ClientError extends Error {
  readonly code?: string;
  /** The bytes that were being read; Fastify's types say otherwise. */
  readonly rawPacket?: unknown;
}

/**
 * Answers what Node refuses before there is a request: as a Status, like everything else, and closes the connection. One on
 * which nothing came is not answered: a request that is on its way at this moment would have that for its answer.
 */
export function answerClientError({ code: cause, rawPacket }: ClientError, socket: Socket): void {
  if (cause === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  if (socket.bytesRead === 0) return letWait(socket);
  const refusal = refusals[cause ?? ''] ?? unreadable;
  const { body, headers } = answerOf(refusal);
  const head = [
    `HTTP/1.1 ${refusal.code} ${STATUS_CODES[refusal.code]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  const isHead = Buffer.isBuffer(rawPacket) && rawPacket.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
}
