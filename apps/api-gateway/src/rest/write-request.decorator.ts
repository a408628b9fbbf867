import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { requireKey, type WriteRequest } from '../resources/write-request.js';
import { callerOf } from './caller.decorator.js';
import { differenceFor } from './differences.js';
import { asksForDryRun } from './dry-run.js';

function keyIn({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return key === undefined ? undefined : requireKey(String(key));
}

/** Who sent a write, and on which conditions. */
export const FromWriter = createParamDecorator(
  (_data: unknown, context: ExecutionContext): WriteRequest => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const dryRun = asksForDryRun(request);
    const onlyNew = ifNoneMatch?.trim() === '*';
    const idempotencyKey = keyIn(request);
    const difference = differenceFor(request);
    return { ...callerOf(request), ifMatch, onlyNew, dryRun, difference, idempotencyKey };
  },
);
