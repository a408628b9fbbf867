import { createHash } from 'node:crypto';

type Member = [key: string, value: unknown];

function isWritable([, value]: Member): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

function byKey([left]: Member, [right]: Member): number {
  return left < right ? -1 : 1;
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return write(value.toJSON());
  const members = Object.entries(value).filter(isWritable).sort(byKey);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}

/**
 * One text for each JSON value (as RFC 8785): members sorted by key, no white
 * space, absent members left out. What JSON cannot say becomes null, as in JSON.stringify.
 */
export function canonicalJson(value: unknown): string {
  return write(value);
}

/** Whether two JSON values are the same, in whatever order their members stand. */
export function sameJson(one: unknown, other: unknown): boolean {
  // Mostly they stand in the same order, and then the text alone says so.
  return JSON.stringify(one) === JSON.stringify(other) || write(one) === write(other);
}

/** `sha256:<hex>` of the canonical JSON. Not for secrets: theirs are keyed. */
export function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}
