import type { IncomingMessage, ServerResponse } from 'node:http';
import { statusOf } from '@skein/api';
import { requestIdOf } from '../resources/request-id.js';
import { VERSION, VERSION_HEADER } from './api-version.js';
import { SECURITY_HEADERS } from './security-headers.js';

interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

const unreadable: Refusal = {
  code: 400,
  reason: 'BadRequest',
  message: 'the path cannot be read: after % come two hexadecimal digits, and they make UTF-8',
};

const tooLong: Refusal = {
  code: 414,
  reason: 'RequestURITooLong',
  message: 'a part of the path is longer than any name',
};

const unmet: Refusal = {
  code: 417,
  reason: 'ExpectationFailed',
  message: 'Expect: can be 100-continue, and nothing else',
};

/** Answers as everything else does, where no hook has run yet. */
function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { code, reason, message } = refusal;
  const body = JSON.stringify(statusOf(code, reason, message));
  response.writeHead(code, {
    ...SECURITY_HEADERS,
    [VERSION_HEADER]: VERSION,
    'x-request-id': requestIdOf(request.headers['x-request-id']),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers what Fastify refuses before it knows of a route. */
export function answerFrameworkError(
  { statusCode }: { readonly statusCode?: number },
  { raw: request }: { readonly raw: IncomingMessage },
  { raw: response }: { readonly raw: ServerResponse },
): void {
  refuse(request, response, statusCode === 414 ? tooLong : unreadable);
}

/** Answers what Node would answer without a word. */
export function answerExpectation(request: IncomingMessage, response: ServerResponse): void {
  refuse(request, response, unmet);
}
