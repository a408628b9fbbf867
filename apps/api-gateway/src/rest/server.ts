import type { IncomingMessage } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { REQUEST_LIMIT_BYTES } from '../limits/request-size.js';
import { requestIdOf } from '../resources/request-id.js';
import { speakOneVersion } from './api-version.js';
import { limitBodies } from './body-limits.js';
import { answerClientError } from './client-error.js';
import { answerDifferences } from './differences.js';
import { leadElsewhere } from './drain.js';
import { tagResources } from './entity-tags.js';
import { answerExpectation, answerFrameworkError } from './framework-error.js';
import { limitHeads, HEAD_BYTES, URL_BYTES } from './head-limits.js';
import { holdAnswers } from './held-answers.js';
import { takeJson } from './json-bodies.js';
import { takePatches } from './patch-body.js';
import { takeRawBodies } from './raw-body.js';
import { secureAnswers } from './security-headers.js';
import { boundConnections, LOOK_FOR_SLOW_MS } from './slow-clients.js';
import { traceRequests } from './tracing.js';

/** The HTTP server under the API. */
export function httpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: REQUEST_LIMIT_BYTES,
    http: { maxHeaderSize: HEAD_BYTES, connectionsCheckingInterval: LOOK_FOR_SLOW_MS },
    // The whole URL is limited. With less, names of the permitted length are not found.
    routerOptions: { maxParamLength: URL_BYTES },
    genReqId: ({ headers }: Pick<IncomingMessage, 'headers'>) =>
      requestIdOf(headers['x-request-id']),
    // What waits for a document is answered when the gateway stops; idle connections need not be waited for.
    forceCloseConnections: 'idle',
    // Whoever comes while it closes came in time, and is told to come elsewhere next (`drain.ts`).
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
  });
}

/** Answers each request with its id, and serves the documentation of the API from this machine alone. */
export function prepareServer(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  server.server.on('checkExpectation', answerExpectation);
  server.removeContentTypeParser('text/plain');
  boundConnections(app);
  secureAnswers(server);
  leadElsewhere(app);
  traceRequests(server);
  holdAnswers(server);
  takeRawBodies(server);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  speakOneVersion(server);
  limitHeads(server);
  limitBodies(app);
  takeJson(app);
  takePatches(server);
  tagResources(server);
  answerDifferences(server);
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
