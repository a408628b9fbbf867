import { HttpException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/** Two selectors as long as they may be, encoded, do not fit: who needs that much selects by less. */
export const URL_BYTES = 16 * 1_024;
/** URL and headers together; what has more, Node refuses before there is a request. */
export const HEAD_BYTES = 32 * 1_024;
/** Above it, Node drops headers in silence at 2,000. */
const HEADERS = 100;

function refusalOf({ raw }: FastifyRequest): HttpException | undefined {
  if (raw.url!.length > URL_BYTES)
    return new HttpException(`the URL is too long: it may have ${URL_BYTES / 1_024} KiB`, 414);
  if (raw.rawHeaders.length / 2 > HEADERS)
    return new HttpException(`too many headers: there may be ${HEADERS}`, 431);
  return undefined;
}

/** Refuses requests that are too large in what comes before the body, before anything else looks at them. */
export function limitHeads(server: Server): void {
  server.addHook('onRequest', (request, _reply, done) => done(refusalOf(request)));
}
