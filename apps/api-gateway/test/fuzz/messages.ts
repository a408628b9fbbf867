/** Messages of protobuf as their bytes: of the right fields, with whatever in them. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import * as fc from 'fast-check';
import { hostileText } from './hostile.js';

/** A message as a list of what its writer does. */
type Write = (writer: BinaryWriter) => void;
type Fields = readonly (readonly [field: DescField, value: unknown])[];

const DEPTH = 4;
const VARINTS = [ScalarType.BOOL, ScalarType.INT32, ScalarType.INT64, ScalarType.UINT32];

const words: Readonly<Record<string, readonly string[]>> = {
  name: ['d0', 'f0', 'r0', 'v1'],
  device: ['d0'],
  fleet: ['f0'],
  kind: ['Device', 'Fleet', 'Repository'],
  service: ['selector'],
  api_version: ['flightctl.io/v1beta1'],
  paths: ['spec', 'metadata.labels', 'status', 'spec.template', '*', '__proto__'],
};

const textOf = ({ name }: DescField) =>
  fc.oneof(fc.constantFrom(...(words[name] ?? ['a', ''])), hostileText);

const whole = fc.oneof(
  fc.bigInt({ min: 0n, max: 5n }),
  fc.constantFrom(-1n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
);

function scalarOf(field: DescField, type: ScalarType): fc.Arbitrary<unknown> {
  if (type === ScalarType.STRING) return textOf(field);
  if (type === ScalarType.DOUBLE) return fc.double();
  return whole;
}

const made = new Map<string, fc.Arbitrary<Fields>>();

/** Any of its fields, to a depth that no message of the API needs. */
export function messagesOf(type: DescMessage, depth = DEPTH): fc.Arbitrary<Fields> {
  const key = `${type.typeName} ${depth}`;
  const known = made.get(key);
  if (known) return known;
  const fields = type.fields.map((field) =>
    fc.option(
      valueOf(field, depth).map((value) => [field, value] as const),
      { freq: 3, nil: undefined },
    ),
  );
  const all = fc.tuple(...fields).map((found) => found.filter((one) => one !== undefined));
  made.set(key, all);
  return all;
}

function itemOf(field: DescField, depth: number): fc.Arbitrary<unknown> {
  if (field.message) return depth > 0 ? messagesOf(field.message, depth - 1) : fc.constant([]);
  return field.scalar === undefined ? whole : scalarOf(field, field.scalar);
}

function valueOf(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const item = itemOf(field, depth);
  if (field.fieldKind === 'list') return fc.array(item, { maxLength: 2 });
  if (field.fieldKind === 'map') return fc.array(fc.tuple(textOf(field), item), { maxLength: 2 });
  return item;
}

function itemWriter(field: DescField, number: number, value: unknown): Write {
  if (field.message) {
    return (writer) => {
      writer.tag(number, WireType.LengthDelimited).fork();
      write(writer, value as Fields);
      writer.join();
    };
  }
  const { scalar = ScalarType.INT64 } = field;
  if (scalar === ScalarType.STRING) {
    const bytes = Buffer.from(value as string);
    return (writer) => writer.tag(number, WireType.LengthDelimited).bytes(bytes);
  }
  if (scalar === ScalarType.DOUBLE) {
    return (writer) => writer.tag(number, WireType.Bit64).double(value as number);
  }
  const isVarint = VARINTS.includes(scalar) || field.scalar === undefined;
  return (writer) => isVarint && writer.tag(number, WireType.Varint).int64(value as bigint);
}

function writeField(writer: BinaryWriter, field: DescField, value: unknown): void {
  if (field.fieldKind === 'list') {
    for (const item of value as unknown[]) itemWriter(field, field.number, item)(writer);
  } else if (field.fieldKind === 'map') {
    for (const [name, item] of value as [string, unknown][]) {
      writer.tag(field.number, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name.toWellFormed());
      itemWriter(field, 2, item)(writer);
      writer.join();
    }
  } else itemWriter(field, field.number, value)(writer);
}

function write(writer: BinaryWriter, fields: Fields): void {
  for (const [field, value] of fields) writeField(writer, field, value);
}

export function bytesOf(fields: Fields): Uint8Array {
  const writer = new BinaryWriter();
  write(writer, fields);
  return writer.finish();
}

/** What a message holds, to be read by people. */
export const shownFields = (fields: Fields): string =>
  JSON.stringify(fields, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return (value as DescField | undefined)?.kind === 'field' ? (value as DescField).name : value;
  });
