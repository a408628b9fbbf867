import { sameJson } from '@skein/domain-resource';
import { RefusedRequest } from '../refused-request.js';
import { isHolder, placeOf, type Place } from './json-pointer.js';

const MAX_OPERATIONS = 100;
/** Those of Flight Control's API; without `copy`, a patch makes nothing larger than itself. */
const OPERATIONS = ['add', 'replace', 'remove', 'test'] as const;

interface Operation {
  readonly op: (typeof OPERATIONS)[number];
  readonly path: string;
  readonly value?: unknown;
}

/** Why an operation cannot be read; undefined when it can. */
function flawOf(given: unknown): string | undefined {
  if (!isHolder(given) || Array.isArray(given)) return 'must be an object';
  const { op, path, ...rest } = given;
  if (!OPERATIONS.some((known) => known === op))
    return `op must be one of ${OPERATIONS.join(', ')}`;
  if (typeof path !== 'string') return 'path must be a JSON pointer';
  if (op !== 'remove' && !Object.hasOwn(rest, 'value')) return 'value is missing';
  const unknown = Object.keys(rest).find((member) => member !== 'value');
  return unknown === undefined ? undefined : `${unknown} is not known here`;
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

function add({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) holder[key] = value;
  else holder.splice(key === '-' ? holder.length : Number(key), 0, value);
}

const handlers: Readonly<Record<Operation['op'], (place: Place, value: unknown) => boolean>> = {
  add(place, value) {
    if (place.takesNew) add(place, value);
    return place.takesNew;
  },
  replace(place, value) {
    if (place.exists) Reflect.set(place.holder, place.key, value);
    return place.exists;
  },
  remove(place) {
    if (place.exists) remove(place);
    return place.exists;
  },
  test(place, value) {
    if (!place.exists) return false;
    const found: unknown = Reflect.get(place.holder, place.key);
    if (sameJson([found], [value])) return true;
    throw new RefusedRequest('conflict', 'is not what is tested for');
  },
};

function said(index: number, { op, path }: Operation, what: string): string {
  return `operation ${index} (${op} ${path}): ${what}`;
}

function perform(root: { '': unknown }, operation: Operation, index: number): void {
  const { op, path, value } = operation;
  try {
    const place = placeOf(root, path);
    if (place && handlers[op](place, value)) return;
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    throw new RefusedRequest(error.code, said(index, operation, error.message));
  }
  throw new RefusedRequest('invalid', said(index, operation, 'there is no such path'));
}

function operationsIn(patch: unknown): readonly Operation[] {
  if (!Array.isArray(patch)) throw new RefusedRequest('invalid', 'a JSON Patch is a list');
  if (patch.length > MAX_OPERATIONS) {
    const has = `the patch has ${patch.length} operations, and may have ${MAX_OPERATIONS}`;
    throw new RefusedRequest('invalid', has);
  }
  const flaws = patch.map(flawOf).map((flaw, index) => flaw && `operation ${index}: ${flaw}`);
  const found = flaws.filter((flaw) => flaw !== undefined);
  if (found.length > 0) throw new RefusedRequest('invalid', found.join('; '));
  return patch as Operation[];
}

/**
 * Applies a JSON Patch (RFC 6902) to a document, which it changes: all of it or, for the caller, nothing.
 * @throws RefusedRequest `invalid` naming the operation and its path; `conflict` when a test fails
 */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  const root = { '': document };
  for (const [index, operation] of operationsIn(patch).entries()) perform(root, operation, index);
  return root[''];
}
