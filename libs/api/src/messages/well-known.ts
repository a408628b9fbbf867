import { create, fromJson, toJson, type JsonValue, type Message } from '@bufbuild/protobuf';
import {
  FieldMaskSchema,
  StructSchema,
  TimestampSchema,
  timestampDate,
  timestampFromMs,
  ValueSchema,
  type FieldMask,
  type Struct,
  type Timestamp,
  type Value,
} from '@bufbuild/protobuf/wkt';

/** How a type of Google's stands for a JSON value. */
interface WellKnown {
  toDocument(message: Message): unknown;
  /** Undefined for a value that the type cannot hold. */
  toMessage(value: unknown): Message | undefined;
}

function timestamp(value: unknown): Timestamp | undefined {
  const ms = Date.parse(String(value));
  return Number.isNaN(ms) ? undefined : timestampFromMs(ms);
}

const wellKnown: Readonly<Record<string, WellKnown>> = {
  [StructSchema.typeName]: {
    toDocument: (message) => toJson(StructSchema, message as Struct),
    toMessage: (value) => fromJson(StructSchema, value as JsonValue),
  },
  [ValueSchema.typeName]: {
    toDocument: (message) => toJson(ValueSchema, message as Value),
    toMessage: (value) => fromJson(ValueSchema, value as JsonValue),
  },
  // RFC 3339 in milliseconds, as JavaScript writes it: finer is cut off.
  [TimestampSchema.typeName]: {
    toDocument: (message) => timestampDate(message as Timestamp).toISOString(),
    toMessage: timestamp,
  },
  // As it came: what its paths mean depends on the message that it goes with.
  [FieldMaskSchema.typeName]: {
    toDocument: (message) => (message as FieldMask).paths,
    toMessage: (value) => create(FieldMaskSchema, { paths: value as string[] }),
  },
};

export const wellKnownOf = (typeName: string): WellKnown | undefined => wellKnown[typeName];
