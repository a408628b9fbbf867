import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { inSpan, withLogContext } from '@skein/telemetry';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

/** Runs a write in a span that goes on with the client's trace; reads change nothing, and may wait for minutes. */
function traced(request: FastifyRequest, work: () => Promise<unknown>): Promise<unknown> {
  if (request.method === 'GET') return work();
  const parent = request.headers['traceparent'];
  const options = { parent: typeof parent === 'string' ? parent : undefined };
  return inSpan(`${request.method} ${request.routeOptions.url ?? request.url}`, options, work);
}

/** What a request logs carries its id, and what it writes its trace. */
@Injectable()
export class TraceInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const work = () => lastValueFrom(next.handle(), { defaultValue: undefined });
    return from(withLogContext({ request: request.id }, () => traced(request, work)));
  }
}
