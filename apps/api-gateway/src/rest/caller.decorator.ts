import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../resources/caller.js';
import { admitted, callerBy } from '../rights/admitted.js';
import type { Identity } from '../rights/identity.js';
import { refuseDryRun } from './dry-run.js';

function admittedBy(request: FastifyRequest) {
  const found = admitted.get(request);
  if (!found) throw new Error('a request came past the guard of rights');
  return found;
}

/** Who sent the request, as the guard of rights let them in. */
export function callerOf(request: FastifyRequest): Caller {
  return callerBy(admittedBy(request), request.id);
}

/** Who sent the request. */
export const FromCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    refuseDryRun(request);
    return callerOf(request);
  },
);

/** Who sent the request, where no organisation is spoken of. */
export const FromIdentity = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Identity =>
    admittedBy(context.switchToHttp().getRequest<FastifyRequest>()).identity,
);
