import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Patch } from '../resources/patch/patched.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { jsonParser } from './json-bodies.js';

const languages: Readonly<Record<string, Patch['language']>> = {
  'application/json-patch+json': 'json-patch',
  'application/merge-patch+json': 'merge-patch',
};

export const PATCH_TYPES = Object.keys(languages);

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

function languageOf({ headers }: Pick<FastifyRequest, 'headers'>): Patch['language'] | undefined {
  const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase() ?? '';
  return Object.hasOwn(languages, type) ? languages[type] : undefined;
}

/** The body of a request that {@link takePatches} let through. */
export const FromPatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Patch => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return { language: languageOf(request)!, body: request.body };
  },
);

/** Reads patches in the media types that say how they are meant, and takes these for nothing else. */
export function takePatches(server: Server): void {
  server.addContentTypeParser(PATCH_TYPES, { parseAs: 'buffer' }, jsonParser(server));
  server.addHook('onRequest', (request, reply, done) => {
    const isPatch = request.method === 'PATCH';
    const fits = isPatch === (languageOf(request) !== undefined);
    if (fits || request.is404) return done();
    if (isPatch) void reply.header('accept-patch', PATCH_TYPES.join(', '));
    const wanted = isPatch ? `must be one of ${PATCH_TYPES.join(', ')}` : 'is for PATCH only';
    done(new RefusedRequest('media-type', `Content-Type: ${wanted}`));
  });
}
