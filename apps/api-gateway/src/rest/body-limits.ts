import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { BodyRoom } from '../limits/body-room.js';
import { REQUEST_LIMIT_BYTES } from '../limits/request-size.js';
import { tooManyNow } from '../resources/refusal-of.js';
import { Admission } from '../rights/admission.js';

/** What a body may have at the most: of one that comes in chunks only the limit is known. */
function bytesOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return REQUEST_LIMIT_BYTES;
  return Math.min(Number(headers['content-length'] ?? 0), REQUEST_LIMIT_BYTES);
}

/** Refuses bodies for which there is no room, before they are read. */
export function limitBodies(app: NestFastifyApplication): void {
  const room = app.get(BodyRoom);
  const admission = app.get(Admission);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('preParsing', (request, reply, _payload, done) => {
    const bytes = bytesOf(request);
    if (bytes === 0) return done();
    const place = room.place();
    reply.raw.once('close', () => place.leave());
    if (place.take(bytes)) return done();
    const who = () => admission.clientOf(request.headers.authorization);
    place.takeFor(bytes, who).then((fits) => {
      if (fits) return done();
      void reply.header('connection', 'close');
      done(tooManyNow('too many bodies at this gateway'));
    }, done);
  });
}
