import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { WriteRequest } from '../resources/write-request.js';
import { callerOf } from './caller.decorator.js';
import { asksForDryRun } from './dry-run.js';

/** Who sent a write, and on which conditions. */
export const FromWriter = createParamDecorator(
  (_data: unknown, context: ExecutionContext): WriteRequest => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const dryRun = asksForDryRun(request);
    return { ...callerOf(request), ifMatch, onlyNew: ifNoneMatch?.trim() === '*', dryRun };
  },
);
