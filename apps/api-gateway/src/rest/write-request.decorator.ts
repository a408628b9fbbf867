import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RefusedRequest } from '../resources/refused-request.js';
import type { WriteRequest } from '../resources/write-request.js';
import { callerOf } from './caller.decorator.js';
import { differenceOf } from './differences.interceptor.js';
import { asksForDryRun } from './dry-run.js';

const KEY = /^[\x20-\x7e]{1,255}$/;

function keyIn({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw new RefusedRequest(
    'invalid',
    'Idempotency-Key: must be 1 to 255 printable ASCII characters',
  );
}

/** Who sent a write, and on which conditions. */
export const FromWriter = createParamDecorator(
  (_data: unknown, context: ExecutionContext): WriteRequest => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const dryRun = asksForDryRun(request);
    const onlyNew = ifNoneMatch?.trim() === '*';
    const idempotencyKey = keyIn(request);
    const difference = differenceOf(request);
    return { ...callerOf(request), ifMatch, onlyNew, dryRun, difference, idempotencyKey };
  },
);
