import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Difference } from '../resources/difference.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { asksForDryRun } from './dry-run.js';
import { asksFor } from './media-weight.js';

export const JSON_PATCH = 'application/json-patch+json';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

const asked = new WeakMap<FastifyRequest, Difference>();

/**
 * Where the writer notes what a dry run would change, for a client that likes JSON Patch no less than JSON; undefined for others.
 * @throws RefusedRequest for a write that is none: it would be made
 */
export function differenceFor(request: FastifyRequest): Difference | undefined {
  if (!asksFor(JSON_PATCH, request.headers.accept)) return undefined;
  if (!asksForDryRun(request)) {
    const said = `Accept: ${JSON_PATCH} answers what a dry run would change: add dryRun=All`;
    throw new RefusedRequest('not-acceptable', said);
  }
  const difference = new Difference();
  asked.set(request, difference);
  return difference;
}

/** Answers dry runs that went well with what they would change, where that was asked for. */
export function answerDifferences(server: Server): void {
  server.addHook('preSerialization', (request, reply, answer, done) => {
    const difference = asked.get(request);
    if (!difference || reply.statusCode >= 400) return done(null, answer);
    void reply.type(JSON_PATCH).header('vary', 'accept');
    done(null, difference.patch);
  });
}
