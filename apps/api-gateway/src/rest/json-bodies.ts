import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { REQUEST_LIMIT_BYTES } from '../limits/request-size.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { isDeeper } from './json-depth.js';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;
type Done = (error: Error | null, body?: unknown) => void;

/** As deep as resources may be. */
const MAX_DEPTH = 64;

/** Reads a body of JSON that is not too deep. */
export function jsonParser(server: Server) {
  const parse = server.getDefaultJsonParser('error', 'error') as unknown as (
    request: FastifyRequest,
    body: Buffer,
    done: Done,
  ) => void;
  return (request: FastifyRequest, body: Buffer, done: Done): void => {
    if (!isDeeper(body, MAX_DEPTH)) return parse(request, body, done);
    done(new RefusedRequest('invalid', `the body is nested deeper than ${MAX_DEPTH}`));
  };
}

/** Takes JSON, in the place of Nest's parser. */
export function takeJson(app: NestFastifyApplication): void {
  const parse = jsonParser(app.getHttpAdapter().getInstance());
  const options = { bodyLimit: REQUEST_LIMIT_BYTES };
  app.useBodyParser('application/json', options, parse as never);
}
