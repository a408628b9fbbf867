import { fromBinary, type DescField, type DescMessage } from '@bufbuild/protobuf';
import {
  isReflectMessage,
  reflect,
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
} from '@bufbuild/protobuf/reflect';
import { isCollection, isImplicit, markerOf, membersOf, type Document } from './members.js';
import { UnreadableMessage } from './unreadable-message.js';
import { wellKnownOf } from './well-known.js';

/** A level of JSON is up to three of messages; documents are 64 deep at the most, requests a little deeper. */
const MAX_DEPTH = 220;

const at = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function refuse(path: string, what: string): never {
  throw new UnreadableMessage(path === '' ? what : `${path}: ${what}`);
}

/** What another version of the protos may have said: passed over in silence it would be lost. */
function refuseUnknown({ message }: ReflectMessage, path: string): void {
  const unknown = message.$unknown?.[0];
  if (unknown) refuse(path, `field ${unknown.no} is not known here`);
}

/** The lists and maps that are there without content. */
function emptyMembers(message: ReflectMessage, path: string): ReadonlySet<unknown> {
  const marker = markerOf(message.desc);
  const names = new Set<unknown>(marker ? (message.get(marker) as ReflectList) : []);
  const known = membersOf(message.desc).filter(isCollection);
  for (const name of names) {
    if (known.some(({ jsonName }) => jsonName === name)) continue;
    const has = known.map(({ jsonName }) => jsonName).join(', ');
    refuse(at(path, 'emptyMembers'), `${String(name)} is none of the lists and maps ${has}`);
  }
  return names;
}

function single(value: unknown, path: string): unknown {
  if (isReflectMessage(value)) return documentOf(value, path);
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : refuse(path, 'is too large a number');
}

function collection(field: DescField, value: ReflectList | ReflectMap, path: string): unknown {
  if (field.fieldKind === 'list') {
    return [...(value as ReflectList)].map((item, index) => single(item, `${path}[${index}]`));
  }
  const entries = [...(value as ReflectMap)].map(([key, item]) => [
    key,
    single(item, at(path, String(key))),
  ]);
  return Object.fromEntries(entries);
}

/** The member that a field is; undefined when it is not there. */
function memberOf(
  message: ReflectMessage,
  field: DescField,
  path: string,
  empty: ReadonlySet<unknown> | undefined,
): unknown {
  const isSet = message.isSet(field);
  if (isCollection(field)) {
    const isThere = isSet || !empty || empty.has(field.jsonName);
    const value = message.get(field) as ReflectList | ReflectMap;
    return isThere ? collection(field, value, path) : undefined;
  }
  return isSet || isImplicit(field) ? single(message.get(field), path) : undefined;
}

function documentOf(message: ReflectMessage, path: string): unknown {
  refuseUnknown(message, path);
  const wellKnown = wellKnownOf(message.desc.typeName);
  if (wellKnown) return wellKnown.toDocument(message.message);
  const empty = markerOf(message.desc) && emptyMembers(message, path);
  const members = membersOf(message.desc).map((field) => {
    const value = memberOf(message, field, at(path, field.jsonName), empty);
    return [field.jsonName, value] as const;
  });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/**
 * Reads a message as the JSON document that it stands for.
 * @throws UnreadableMessage naming the place
 */
export function readMessage(type: DescMessage, bytes: Uint8Array): Document {
  try {
    const message = fromBinary(type, bytes, { recursionLimit: MAX_DEPTH });
    return documentOf(reflect(type, message, false), '') as Document;
  } catch (error) {
    if (error instanceof UnreadableMessage) throw error;
    throw new UnreadableMessage(`the request is no ${type.name}: ${(error as Error).message}`);
  }
}
