import { maskPath, type Document } from '@skein/api';
import { API_VERSION } from '@skein/api';
import type { ListQuery } from '../resources/page.js';
import type { Masked } from '../resources/patch/field-mask.js';
import { RefusedRequest } from '../resources/refused-request.js';
import { requireKey, type WriteRequest } from '../resources/write-request.js';
import type { Call } from './call.js';

/** What requests of writes may have; each method has some of it. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly ifMatch?: string;
  readonly onlyNew?: boolean;
  readonly idempotencyKey?: string;
}

/** Who sent a write, and on which conditions. */
export function writerOf({ caller, signal }: Call, options: WriteOptions): WriteRequest {
  const { dryRun, ifMatch, onlyNew, idempotencyKey } = options;
  if (idempotencyKey !== undefined) requireKey(idempotencyKey);
  return { ...caller, signal, dryRun, ifMatch, onlyNew, idempotencyKey };
}

/** The members of a request as the query of a list has them: as text. */
export function queryOf(request: Document): ListQuery {
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [name, String(value)]));
}

/**
 * The resource in a request; what the method says anyway may be left out of it.
 * @throws RefusedRequest when there is none
 */
export function resourceIn(request: Document, member: string, kind: string): Document {
  const resource = request[member] as Document | undefined;
  if (!resource) throw new RefusedRequest('invalid', `${member}: is missing`);
  return { apiVersion: API_VERSION, kind, ...resource };
}

/** @throws RefusedRequest when it says no name */
export function nameIn(resource: Document): string {
  const { name } = (resource['metadata'] ?? {}) as { name?: string };
  if (!name) throw new RefusedRequest('invalid', 'metadata.name: is missing');
  return name;
}

/** @throws RefusedRequest for a mask without paths */
export function maskedBy(
  { method }: Call,
  { updateMask = [] }: { readonly updateMask?: readonly string[] },
  member: string,
  document: Document,
): Masked {
  if (updateMask.length === 0)
    throw new RefusedRequest('invalid', 'update_mask: must have the paths to write, or *');
  if (updateMask.includes('*')) return { paths: undefined, document };
  const type = method.input.fields.find(({ name }) => name === member)!.message!;
  return { paths: updateMask.map((path) => maskPath(type, path)), document };
}
