import type { Device, Fleet, Repository } from '@skein/api';
import { sameJson } from '@skein/domain-resource';
import { check } from '../check.js';
import { RefusedRequest } from '../refused-request.js';
import { fieldMask } from './field-mask.js';
import { jsonPatch } from './json-patch.js';
import { mergePatch } from './merge-patch.js';

/** A patch as it came. */
export interface Patch {
  readonly language: 'json-patch' | 'merge-patch' | 'field-mask';
  readonly body: unknown;
}

const languages = { 'json-patch': jsonPatch, 'merge-patch': mergePatch, 'field-mask': fieldMask };

const MAX_DEPTH = 64;
const FIXED = ['apiVersion', 'kind', 'status'];
/** Of the metadata, what clients write; a changed resourceVersion is a condition that is not met. */
const WRITABLE = ['labels', 'resourceVersion'];

function isDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (value === null || typeof value !== 'object') return false;
  return left === 0 || Object.values(value).some((member) => isDeep(member, left - 1));
}

function differing(before: object, after: object): string[] {
  const [one, other] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (name) => !sameJson([one.get(name)], [other.get(name)]),
  );
}

/** What a patch changed that is not for clients to write. A write would pass over some of it in silence. */
function trespasses(before: Shown, after: { readonly metadata?: unknown }): string[] {
  const { metadata } = after;
  const patched = metadata !== null && typeof metadata === 'object' ? metadata : before.metadata;
  const inMetadata = differing(before.metadata, patched).filter((name) => !WRITABLE.includes(name));
  return [
    ...differing(before, after).filter((name) => FIXED.includes(name)),
    ...inMetadata.map((name) => `metadata.${name}`),
  ];
}

type Shown = Device | Fleet | Repository;

/**
 * What a patch makes of a document, which stays as it is.
 * @throws RefusedRequest when the patch cannot be applied
 */
function applied(document: object, { language, body }: Patch): unknown {
  if (isDeep(body)) {
    throw new RefusedRequest('invalid', `the patch is nested deeper than ${MAX_DEPTH}`);
  }
  return languages[language](JSON.parse(JSON.stringify(document)), body);
}

function isResource(value: unknown): value is { readonly metadata?: unknown } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function refuseTouched(names: readonly string[]): void {
  if (names.length === 0) return;
  throw new RefusedRequest('invalid', `${names.join(', ')}: cannot be patched`);
}

/**
 * The body that a patch makes of a resource as it is read: what a PUT would send.
 * @throws RefusedRequest when the patch cannot be applied, touches what is not the client's, or makes a wrong body
 */
export function patched<Resource extends Shown>(
  type: new () => Resource,
  shown: Resource,
  patch: Patch,
): Resource {
  const after = applied(shown, patch);
  if (!isResource(after)) return check(type, after);
  refuseTouched(trespasses(shown, after));
  const wanted = Object.entries(after).filter(([name]) => name !== 'status');
  return check(type, Object.fromEntries(wanted));
}

/**
 * The body that a patch of its status makes of a resource: what a PUT of the status would send.
 * @throws RefusedRequest when the patch cannot be applied, touches anything else, or makes a wrong body
 */
export function withPatchedStatus<Resource extends Shown>(
  type: new () => Resource,
  shown: Resource,
  patch: Patch,
): Resource {
  const after = applied(shown, patch);
  if (!isResource(after)) return check(type, after);
  refuseTouched(differing(shown, after).filter((name) => name !== 'status'));
  return check(type, after);
}
