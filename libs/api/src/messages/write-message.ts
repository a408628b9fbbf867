import {
  ScalarType,
  toBinary,
  type DescField,
  type DescMessage,
  type Message,
} from '@bufbuild/protobuf';
import {
  reflect,
  type ReflectList,
  type ReflectMap,
  type ReflectMessage,
} from '@bufbuild/protobuf/reflect';
import { isCollection, markerOf, membersOf, type Document } from './members.js';
import { wellKnownOf } from './well-known.js';

const wide: readonly (ScalarType | undefined)[] = [ScalarType.INT64, ScalarType.UINT64];

/** The value that a field holds; undefined when it cannot hold it. */
function heldBy(
  scalar: ScalarType | undefined,
  type: DescMessage | undefined,
  value: unknown,
): unknown {
  if (!type) return wide.includes(scalar) ? BigInt(value as number) : value;
  const wellKnown = wellKnownOf(type.typeName);
  if (!wellKnown) return reflectOf(type, value as Document);
  const message = wellKnown.toMessage(value);
  return message && reflect(type, message, false);
}

const scalarOf = (field: DescField) => ('scalar' in field ? field.scalar : undefined);
const typeOf = (field: DescField) => ('message' in field ? field.message : undefined);

function set(message: ReflectMessage, field: DescField, value: unknown): void {
  const hold = (one: unknown) => heldBy(scalarOf(field), typeOf(field), one);
  if (field.fieldKind === 'list') {
    const list: ReflectList = message.get(field);
    for (const item of value as unknown[]) list.add(hold(item));
  } else if (field.fieldKind === 'map') {
    const map: ReflectMap = message.get(field);
    for (const [key, item] of Object.entries(value as object)) map.set(key, hold(item));
  } else {
    const held = hold(value);
    if (held !== undefined) message.set(field, held);
  }
}

function isEmpty(value: unknown): boolean {
  return Object.keys(value as object).length === 0;
}

/** Members that the message does not know are left out: a test holds the messages to the documents. */
function reflectOf(type: DescMessage, document: Document): ReflectMessage {
  const message = reflect(type, undefined, false);
  const empty: string[] = [];
  for (const field of membersOf(type)) {
    const value = Object.hasOwn(document, field.jsonName) ? document[field.jsonName] : undefined;
    if (value === undefined) continue;
    if (isCollection(field) && isEmpty(value)) empty.push(field.jsonName);
    set(message, field, value);
  }
  const marker = markerOf(type);
  if (marker) set(message, marker, empty);
  return message;
}

/** Writes a JSON document as the message that stands for it. */
export function writeMessage(type: DescMessage, document: object): Uint8Array {
  const { message } = reflectOf(type, document as Document) as { message: Message };
  return toBinary(type, message);
}
