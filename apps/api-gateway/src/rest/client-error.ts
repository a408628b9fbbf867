import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { statusOf } from '@skein/api';
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

interface ClientError extends Error {
  readonly code?: string;
  /** The bytes that were being read; Fastify's types say otherwise. */
  readonly rawPacket?: unknown;
}

/** Answers what Node refuses before there is a request: as a Status, like everything else, and closes the connection. */
export function answerClientError({ code: cause, rawPacket }: ClientError, socket: Socket): void {
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
  const isHead = Buffer.isBuffer(rawPacket) && rawPacket.toString('latin1', 0, 5) === 'HEAD ';
  socket.end(`${head.join('\r\n')}\r\n\r\n${isHead ? '' : body}`);
}
