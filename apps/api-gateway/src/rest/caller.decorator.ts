import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DEFAULT_ORGANISATION } from '@skein/events';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../resources/caller.js';

/** Who sent the request. There is no authentication yet: nobody in particular, in the default organisation. */
export const FromCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return {
      org: DEFAULT_ORGANISATION,
      actor: 'anonymous',
      sourceaddress: request.ip,
      requestid: request.id,
    };
  },
);
