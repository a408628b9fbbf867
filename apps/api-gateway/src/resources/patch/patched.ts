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
 * The body that a patch makes of a resource as it is read: what a PUT would send.
 * @throws RefusedRequest when the patch cannot be applied, touches what is not the client's, or makes a wrong body
 */
export function patched<Resource extends Shown>(
  type: new () => Resource,
  shown: Resource,
  { language, body }: Patch,
): Resource {
  if (isDeep(body)) {
    throw new RefusedRequest('invalid', `the patch is nested deeper than ${MAX_DEPTH}`);
  }
  const document: unknown = JSON.parse(JSON.stringify(shown));
  const after = languages[language](document, body);
  if (after === null || typeof after !== 'object' || Array.isArray(after)) {
    return check(type, after);
  }
  const touched = trespasses(shown, after);
  if (touched.length > 0) {
    throw new RefusedRequest('invalid', `${touched.join(', ')}: cannot be patched`);
  }
  const wanted = Object.entries(after).filter(([name]) => name !== 'status');
  return check(type, Object.fromEntries(wanted));
}
