import { RefusedRequest } from '../refused-request.js';

type Holder = Record<string, unknown> | unknown[];

/** A member of an object or a list, there or not. */
export interface Place {
  readonly holder: Holder;
  readonly key: string;
  readonly exists: boolean;
  /** Whether something new can be put there: beside what a list has, or in the place of what an object has. */
  readonly takesNew: boolean;
}

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const MAX_LENGTH = 1_024;
const INDEX = /^(?:0|[1-9]\d*)$/;

export function isHolder(value: unknown): value is Holder {
  return value !== null && typeof value === 'object';
}

/** Only what is its own: nothing is found in, or put into, a prototype. */
function has(holder: Holder, key: string): boolean {
  if (!Array.isArray(holder)) return Object.hasOwn(holder, key);
  return INDEX.test(key) && Number(key) < holder.length;
}

function takesNew(holder: Holder, key: string): boolean {
  if (!Array.isArray(holder)) return true;
  return key === '-' || (INDEX.test(key) && Number(key) <= holder.length);
}

function tokensOf(pointer: string): string[] {
  if (pointer.length > MAX_LENGTH || !POINTER.test(pointer)) {
    const said = `is no JSON pointer of at most ${MAX_LENGTH} characters`;
    throw new RefusedRequest('invalid', said);
  }
  const tokens = pointer.split('/');
  if (tokens.includes('__proto__')) throw new RefusedRequest('invalid', 'is no path of a resource');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * Where a JSON pointer (RFC 6901) leads; undefined when it leads through nothing.
 * @param root has the document under the empty name, which is how each pointer begins
 * @throws RefusedRequest for what is no pointer
 */
export function placeOf(root: { '': unknown }, pointer: string): Place | undefined {
  const tokens = tokensOf(pointer);
  const key = tokens.pop()!;
  let holder: Holder = root;
  for (const token of tokens) {
    const next: unknown = has(holder, token) ? Reflect.get(holder, token) : undefined;
    if (!isHolder(next)) return undefined;
    holder = next;
  }
  return { holder, key, exists: has(holder, key), takesNew: takesNew(holder, key) };
}
