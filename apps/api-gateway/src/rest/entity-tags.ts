import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { entityTag, isKnown, type Shown } from '../resources/entity-tag.js';
import { asksForDryRun } from './dry-run.js';

/** The configuration of routes whose answers have an ETag. */
export const TAGGED = { tagged: true } as const;

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

function isResource(answer: unknown): answer is Shown {
  const { metadata } = (answer ?? {}) as Partial<Shown>;
  return metadata?.generation !== undefined;
}

/**
 * Tags the answers that are one resource, and spares a client what it has. What was only rehearsed is nowhere, and has no tag.
 * A hook of the server: an interceptor of Nest costs more than the rest of a read (ADR 0034).
 */
export function tagResources(server: Server): void {
  server.addHook('preSerialization', (request, reply, answer, done) => {
    const isTagged = 'tagged' in request.routeOptions.config && isResource(answer);
    if (!isTagged || asksForDryRun(request)) return done(null, answer);
    void reply.header('etag', entityTag(answer));
    const known = request.method === 'GET' ? request.headers['if-none-match'] : undefined;
    if (known === undefined || !isKnown(known, answer)) return done(null, answer);
    // A hook cannot take a body away; what is serialised as nothing is none.
    void reply
      .status(304)
      .removeHeader('content-type')
      .serializer(() => '');
    done(null, answer);
  });
}
