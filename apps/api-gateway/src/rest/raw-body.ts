import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The configuration of routes that get the body's bytes, whatever they are said to be: a signature is about these. */
export const RAW_BODY = { rawBody: true } as const;

/** What no client sends: other routes refuse it. */
const RAW_TYPE = 'application/x-skein-raw';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/** Keeps the parsers from the bodies of routes with {@link RAW_BODY}; the limit of the size holds for them too. */
export function takeRawBodies(server: Server): void {
  server.addContentTypeParser(RAW_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  server.addHook('onRequest', (request, reply, done) => {
    const isRaw = 'rawBody' in request.routeOptions.config;
    const saysRaw = request.headers['content-type']?.startsWith(RAW_TYPE) === true;
    if (isRaw) request.headers['content-type'] = RAW_TYPE;
    else if (saysRaw) request.headers['content-type'] = 'application/octet-stream';
    done();
  });
}
