import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Difference } from '../resources/difference.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { asksForDryRun } from './dry-run.js';
import { asksFor } from './media-weight.js';

const JSON_PATCH = 'application/json-patch+json';

const asked = new WeakMap<FastifyRequest, Difference>();

/** Where the writer notes what a rehearsed write would change; undefined when nobody asked. */
export const differenceOf = (request: FastifyRequest): Difference | undefined => asked.get(request);

/** Answers a dry run with what it would change, for a client that likes JSON Patch no less than JSON. */
@Injectable()
export class Differences implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    void reply.header('vary', 'accept');
    if (!asksFor(JSON_PATCH, request.headers.accept)) return next.handle();
    if (!asksForDryRun(request)) {
      const said = `Accept: ${JSON_PATCH} answers what a dry run would change: add dryRun=All`;
      throw new RefusedRequest('not-acceptable', said);
    }
    const difference = new Difference();
    asked.set(request, difference);
    return next.handle().pipe(
      map(() => {
        void reply.type(JSON_PATCH);
        return difference.patch;
      }),
    );
  }
}
