import type { IncomingMessage } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { newUid } from '@skein/events';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { speakOneVersion } from './api-version.js';
import { answerClientError } from './client-error.js';
import { takePatches } from './patch-body.js';
import { takeRawBodies } from './raw-body.js';

const BODY_LIMIT_BYTES = 1024 * 1024;
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

/** The client's own id of the request, if it is fit to be logged and sent back. */
function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newUid();
}

/** The HTTP server under the API. */
export function httpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: requestIdOf,
    // What waits for a document is answered when the gateway stops; idle connections need not be waited for.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    clientErrorHandler: answerClientError,
  });
}

/** Answers each request with its id, and serves the documentation of the API from this machine alone. */
export function prepareServer(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.removeContentTypeParser('text/plain');
  takeRawBodies(server);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  speakOneVersion(server);
  takePatches(server);
  const about = new DocumentBuilder()
    .setTitle('Skein')
    .setDescription('Fleets of edge devices: declare what they run, and see what they do.')
    .setVersion('v1beta1')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, about), {
    jsonDocumentUrl: 'docs/openapi.json',
  });
}

/** Where the API listens: on this machine alone if there is no authentication. */
export function addressOf(app: NestFastifyApplication): { host: string; port: number } {
  const { gatewayHost: host, gatewayPort: port, authentication } = app.get(GatewayConfig);
  const warning =
    'SKEIN_AUTHENTICATION is none: whoever reaches this port may do everything, as administrator of all organizations';
  if (authentication === 'none') app.get<Logger>(LOGGER).warn({ host, port }, warning);
  return { host, port };
}
