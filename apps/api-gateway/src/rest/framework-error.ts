import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from '../resources/request-id.js';
import { answerOf, type EarlyRefusal } from './early-refusal.js';

const unreadable: EarlyRefusal = {
  code: 400,
  reason: 'BadRequest',
  message: 'the path cannot be read: after % come two hexadecimal digits, and they make UTF-8',
};

const tooLong: EarlyRefusal = {
  code: 414,
  reason: 'RequestURITooLong',
  message: 'a part of the path is longer than any name',
};

const unmet: EarlyRefusal = {
  code: 417,
  reason: 'ExpectationFailed',
  message: 'Expect: can be 100-continue, and nothing else',
};

function refuse(request: IncomingMessage, response: ServerResponse, refusal: EarlyRefusal): void {
  const { body, headers } = answerOf(refusal);
  const requestId = requestIdOf(request.headers['x-request-id']);
  response.writeHead(refusal.code, { ...headers, 'x-request-id': requestId });
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
