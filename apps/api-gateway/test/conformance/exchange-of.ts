import type { FastifyReply, FastifyRequest } from 'fastify';

const BASE = '/api/v1';

const typeOf = (header: unknown): string | undefined =>
  header === undefined ? undefined : String(header).split(';')[0]!.trim().toLowerCase();

function bodyOf(payload: unknown): unknown {
  const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
  return isText && payload.length > 0 ? JSON.parse(payload.toString()) : undefined;
}

/** A request below `/api/v1` and its answer; undefined for another one. */
export function exchangeOf(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  if (!request.url.startsWith(`${BASE}/`)) return undefined;
  return {
    method: request.method,
    url: request.url.slice(BASE.length),
    request: {
      type: typeOf(request.headers['content-type']),
      body: request.body,
    },
    response: {
      status: reply.statusCode,
      type: typeOf(reply.getHeader('content-type')),
      body: bodyOf(payload),
    },
  };
}
