import type { FastifyRequest } from 'fastify';
import { RefusedRequest } from '../resources/refused-request.js';

const saidBy = ({ query }: FastifyRequest) => (query as Record<string, unknown>)['dryRun'];

/**
 * Whether `?dryRun=All` was asked for.
 * @throws RefusedRequest for another value: a write that was meant as none is not taken back
 */
export function asksForDryRun(request: FastifyRequest): boolean {
  const said = saidBy(request);
  if (said === undefined || said === 'All') return said === 'All';
  throw new RefusedRequest('invalid', 'dryRun: must be All');
}

/** @throws RefusedRequest for a write by a route that would write all the same */
export function refuseDryRun(request: FastifyRequest): void {
  if (request.method === 'GET' || saidBy(request) === undefined) return;
  throw new RefusedRequest('invalid', 'dryRun: is not known here');
}
