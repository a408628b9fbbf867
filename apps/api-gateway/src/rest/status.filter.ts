import {
  Catch,
  HttpException,
  Inject,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { statusOf } from '@skein/api';
import { TooManyWaiting } from '@skein/postgres';
import { LOGGER, type Logger } from '@skein/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REQUEST_LIMIT } from '../limits/request-size.js';
import { FAILED, refusalOf, retryAfterOf } from '../resources/refusal-of.js';
import type { RefusalCode } from '../resources/refused-request.js';
import { asksFor } from './media-weight.js';
import { PROBLEM_JSON, problemOf } from './problem.js';
import { noteFailure } from './tracing.js';

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly retryAfter?: number | undefined;
}

const refusals: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'not-acceptable': 406,
  conflict: 409,
  exists: 409,
  outdated: 409,
  expired: 410,
  precondition: 412,
  'too-large': 413,
  'media-type': 415,
  mismatch: 422,
  'too-many': 429,
  unsupported: 501,
  busy: 503,
};

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  414: 'RequestURITooLong',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  500: 'InternalError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

/** Said instead of what Fastify and Nest say, which is less. */
const messages: Readonly<Record<number, string>> = {
  413: `the body is too large: it may have ${REQUEST_LIMIT}`,
};

/** What the HTTP server itself refuses carries its status code: a body that is no JSON, or too large. */
function refusedByServer(error: unknown): Answer | undefined {
  const { statusCode, code, message } = (error ?? {}) as Record<string, unknown>;
  const refused = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return refused && String(code).startsWith('FST_')
    ? { code: statusCode, message: messages[statusCode] ?? String(message) }
    : undefined;
}

function answerOf(error: HttpException): Answer {
  const code = error.getStatus();
  return { code, message: messages[code] ?? error.message };
}

function answerTo(error: unknown): Answer {
  const refusal = refusalOf(error);
  if (refusal) {
    const { code, message } = refusal;
    return { code: refusals[code], message, retryAfter: retryAfterOf(refusal) };
  }
  const refused = refusedByServer(error);
  if (refused) return refused;
  if (error instanceof HttpException) return answerOf(error);
  return { code: 500, message: FAILED };
}

/** Every error leaves as a Status, or as a problem document for a client that asks for it. */
@Catch()
export class StatusFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    noteFailure(request, error);
    const { code, message, retryAfter } = answerTo(error);
    if (code >= 500 && code !== 501 && !(error instanceof TooManyWaiting))
      this.logger.error({ error }, 'a request failed');
    if (code === 401) void reply.header('www-authenticate', 'Bearer');
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    const status = statusOf(code, reasons[code] ?? 'Failure', message);
    void reply.status(code).header('vary', 'accept');
    if (!asksFor(PROBLEM_JSON, request.headers.accept)) void reply.send(status);
    else void reply.type(PROBLEM_JSON).send(problemOf(status, request.id));
  }
}
