import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { statusOf } from '@skein/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECURITY_HEADERS } from './security-headers.js';
import { VERSION_HEADER, VERSION } from './api-version.js';

interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

const refusals: Readonly<Record<string, Refusal>> = {
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

const unreadable: Refusal = {
  code: 400,
  reason: 'BadRequest',
  message: 'the request cannot be read as HTTP/1.1',
};

/** Answers what Node refuses before there is a request: as a Status, like everything else, and closes the connection. */
export function answerClientError({ code: cause }: Error & { code?: string }, socket: Socket) {
  if (cause === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { code, reason, message } = refusals[cause ?? ''] ?? unreadable;
  const body = JSON.stringify(statusOf(code, reason, message));
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code]}`,
    `${VERSION_HEADER}: ${VERSION}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers what the router refuses before any hook runs, which is a URL that is none. */
export function answerBadUrl(
  { message }: Error,
  { id }: FastifyRequest,
  reply: FastifyReply,
): void {
  const headers = { ...SECURITY_HEADERS, [VERSION_HEADER]: VERSION, 'x-request-id': id };
  void reply
    .headers(headers)
    .status(400)
    .send(statusOf(400, 'BadRequest', message));
}
