import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DEFAULT_ORGANISATION } from '@skein/events';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { refuseDryRun } from './dry-run.js';

/** There is no authentication yet: nobody in particular, in the default organisation. */
export function callerOf({ ip, id }: FastifyRequest): Caller {
  return { org: DEFAULT_ORGANISATION, actor: 'anonymous', sourceaddress: ip, requestid: id };
}

/** Who sent the request. */
export const FromCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    refuseDryRun(request);
    return callerOf(request);
  },
);
