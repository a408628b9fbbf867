import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { Status } from '@skein/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RefusedRequest } from '../resources/refused-request.js';
import type { WatchRequest } from '../resources/watch/watch.service.js';
import { EVENT_STREAM } from './event-stream.js';

/** Whether somebody takes what a watch answers. */
function takesEvents(accept: string | undefined): boolean {
  const ranges = (accept ?? '*/*').split(',').map((range) => range.split(';')[0]!.trim());
  return ranges.some((range) => [EVENT_STREAM, 'text/*', '*/*'].includes(range.toLowerCase()));
}

function isAsked(watch: unknown): boolean {
  if (watch === 'true' || watch === '1') return true;
  if (watch === undefined || watch === 'false' || watch === '0') return false;
  throw new RefusedRequest('invalid', 'watch: must be true or false');
}

/** A client that was cut off says where it was; what it asked for at first is older. */
function positionIn({ headers, query }: FastifyRequest): string | undefined {
  const { resourceVersion } = query as Record<string, unknown>;
  const last = headers['last-event-id'];
  if (typeof last === 'string' && last !== '') return last;
  if (resourceVersion === undefined || resourceVersion === '') return undefined;
  if (typeof resourceVersion === 'string') return resourceVersion;
  throw new RefusedRequest('invalid', 'resourceVersion: is given more than once');
}

/** A request to watch, and what answers it. */
export interface WatchAsked extends WatchRequest {
  readonly reply: FastifyReply;
}

/** What a request says of watching; undefined when it asks for a list. */
export const FromWatch = createParamDecorator(
  (_data: unknown, context: ExecutionContext): WatchAsked | undefined => {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    if (!isAsked((request.query as Record<string, unknown>)['watch'])) return undefined;
    if (!takesEvents(request.headers.accept)) {
      const message = `watch: is answered as ${EVENT_STREAM}, which Accept has to take`;
      throw new RefusedRequest('not-acceptable', message);
    }
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    return { position: positionIn(request), signal: gone.signal, reply };
  },
);

/** Documents that a list can be watched. */
export function Watched(): MethodDecorator {
  return applyDecorators(
    ApiQuery({
      name: 'watch',
      required: false,
      type: Boolean,
      description:
        'Answer the changes of the list as server-sent events, for as long as the client stays.',
    }),
    ApiQuery({
      name: 'resourceVersion',
      required: false,
      description:
        'With `watch`: where to begin, as a list said; without it, with all that is in the list.',
    }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'With `watch`: where to go on; goes before `resourceVersion`.',
    }),
    ApiProduces('application/json', EVENT_STREAM),
    ApiResponse({ status: 406, type: Status }),
    ApiResponse({ status: 410, type: Status, description: 'Too old: list again.' }),
    ApiResponse({ status: 429, type: Status }),
  );
}
