import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { entityTag, isKnown, type Shown } from '../resources/entity-tag.js';
import { asksForDryRun } from './dry-run.js';

function isResource(answer: unknown): answer is Shown {
  const { metadata } = (answer ?? {}) as Partial<Shown>;
  return metadata?.generation !== undefined;
}

/** Tags the answers that are one resource, and spares a client what it has. What was only rehearsed is nowhere, and has no tag. */
@Injectable()
export class EntityTags implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    const known = request.method === 'GET' ? request.headers['if-none-match'] : undefined;
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!isResource(answer) || asksForDryRun(request)) return answer;
        void reply.header('etag', entityTag(answer));
        if (known === undefined || !isKnown(known, answer)) return answer;
        void reply.status(304);
        return undefined;
      }),
    );
  }
}
