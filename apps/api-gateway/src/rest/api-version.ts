import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RefusedRequest } from '../resources/refused-request.js';

export const VERSION_HEADER = 'flightctl-api-version';
export const VERSION = 'v1beta1';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/** Says the API's version on every response, and refuses requests under `/api` that ask for another one. */
export function speakOneVersion(server: Server): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header(VERSION_HEADER, VERSION);
    const asked = request.headers[VERSION_HEADER];
    const other = request.url.startsWith('/api/') && asked !== undefined && asked !== VERSION;
    const said = `Flightctl-API-Version: this API speaks ${VERSION}, and no other version`;
    done(other ? new RefusedRequest('not-acceptable', said) : undefined);
  });
}
