import { finished } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { inSpan, withLogContext } from '@skein/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

const failures = new WeakMap<FastifyRequest, unknown>();

/** Notes for the span of a request why it failed. */
export function noteFailure(request: FastifyRequest, error: unknown): void {
  failures.set(request, error);
}

/** Until it is sent, or nobody waits for it any more. @throws what was noted */
async function answered(request: FastifyRequest, { raw }: FastifyReply): Promise<void> {
  await new Promise((resolve) => finished(raw, resolve));
  if (failures.has(request)) throw failures.get(request);
}

/** Runs the rest of a request in a span that goes on with the client's trace. */
function trace(request: FastifyRequest, reply: FastifyReply, rest: () => void): void {
  const parent = request.headers['traceparent'];
  const options = { parent: typeof parent === 'string' ? parent : undefined };
  const name = `${request.method} ${request.routeOptions.url ?? request.url}`;
  inSpan(name, options, () => {
    const end = answered(request, reply);
    rest();
    return end;
  }).catch(() => undefined);
}

/**
 * What a request logs carries its id, and what it writes its trace. Reads have no span: they change nothing, and may wait
 * for minutes. Hooks of the server: an interceptor of Nest costs more than the rest of a read (ADR 0034).
 */
export function traceRequests(server: Server): void {
  server.addHook('onRequest', (request, _reply, done) => {
    withLogContext({ request: request.id }, done);
  });
  server.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET') done();
    else trace(request, reply, done);
  });
}
