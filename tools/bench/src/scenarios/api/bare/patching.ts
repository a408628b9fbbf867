import type { Device } from '@skein/api';
import { sameJson } from '@skein/domain-resource';
import { Refusal, refuse } from './refusal.js';

const OPERATIONS = ['add', 'replace', 'remove', 'test'];
const MAX_OPERATIONS = 100;
const FIXED = ['apiVersion', 'kind', 'status'];
const WRITABLE = ['labels', 'resourceVersion'];

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}
type Holder = Record<string, unknown>;

function readOperations(patch: unknown): readonly Operation[] {
  if (!Array.isArray(patch)) throw new Refusal(400, 'a JSON Patch is a list');
  const operations = patch as Operation[];
  const flawed = operations.findIndex(
    ({ op, path, ...rest }) =>
      !OPERATIONS.includes(op) ||
      typeof path !== 'string' ||
      (op !== 'remove' && !('value' in rest)),
  );
  if (flawed >= 0) throw new Refusal(400, `operation ${flawed}: cannot be read`);
  if (operations.length > MAX_OPERATIONS) throw new Refusal(400, 'too many operations');
  return operations;
}

/** Where a pointer leads: the holder of its last part. */
function placeOf(root: Holder, path: string): { holder: Holder; key: string } | undefined {
  const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = parts.pop()!;
  let holder: unknown = root;
  for (const part of parts) {
    if (holder === null || typeof holder !== 'object' || !Object.hasOwn(holder, part)) return;
    holder = (holder as Holder)[part];
  }
  return holder !== null && typeof holder === 'object'
    ? { holder: holder as Holder, key }
    : undefined;
}

function put(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder.splice(key === '-' ? holder.length : Number(key), 0, value);
  else
    Object.defineProperty(holder, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

function take(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

function test(found: unknown, value: unknown): void {
  if (!sameJson(found, value)) {
    throw new Refusal(409, 'is not what is tested for');
  }
}

const changes: Readonly<Record<string, (holder: Holder, key: string, value: unknown) => void>> = {
  add: put,
  remove: take,
  replace: put,
  test: (holder, key, value) => test(holder[key], value),
};

function perform(root: Holder, { op, path, value }: Operation, index: number): void {
  const place = placeOf(root, path);
  const exists = place !== undefined && Object.hasOwn(place.holder, place.key);
  if (!place || (op !== 'add' && !exists)) {
    throw new Refusal(400, `operation ${index} (${op} ${path}): there is no such path`);
  }
  if (op === 'replace' && Array.isArray(place.holder)) take(place.holder, place.key);
  changes[op]!(place.holder, place.key, value);
}

function differing(before: object, after: object): string[] {
  const [one, other] = [before as Holder, after as Holder];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => !sameJson(one[name], other[name]),
  );
}

/** What a PUT would send. @throws Refusal */
export function patchedBy(patch: unknown, device: Device): object {
  const root: Holder = { '': JSON.parse(JSON.stringify(device)) };
  for (const [index, operation] of readOperations(patch).entries()) {
    perform(root, operation, index);
  }
  const after = root[''] as Device;
  const touched = [
    ...differing(device, after).filter((name) => FIXED.includes(name)),
    ...differing(device.metadata, after.metadata)
      .filter((name) => !WRITABLE.includes(name))
      .map((name) => `metadata.${name}`),
  ];
  refuse(touched.length > 0 ? [`${touched.join(', ')}: cannot be patched`] : []);
  return { ...after, status: undefined };
}
