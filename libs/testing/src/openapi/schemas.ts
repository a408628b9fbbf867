import type { Loose } from '../json-client.js';
import { casesOf } from '../json-schema.js';
import type { Extensions } from './extensions.js';

/** The keyword that notes that an entry of the extensions was used. */
export const NOTED = 'x-extension';

export type Direction = 'request' | 'response';
/** Closed: members that it does not know are faults. Parts of compositions are open, the whole is closed. */
type Variant = 'closed' | 'open';

const WHOLES = ['allOf', 'anyOf', 'oneOf'];

const nameIn = ($ref: string): string => $ref.split('/').at(-1)!;

function mapValues(map: Loose, change: (value: Loose) => Loose): Loose {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** Refuses members that no part of the schema knows. A schema that names none is for anything. */
function close(schema: Loose): Loose {
  const isWhole = WHOLES.some((word) => schema[word]);
  const isOpen = !schema.properties && !isWhole;
  if (isOpen || schema.additionalProperties !== undefined) return schema;
  return { ...schema, unevaluatedProperties: false };
}

const isSchema = (value: unknown): boolean => value !== null && typeof value === 'object';

/** Each schema that stands in a schema under one of these words. */
const within: Readonly<Record<string, (value: Loose) => Loose>> = {
  items: (value) => converted(value, 'closed'),
  additionalProperties: (value) => (isSchema(value) ? converted(value, 'closed') : value),
  properties: (value) => mapValues(value, (member) => converted(member, 'closed')),
  not: (value) => converted(value, 'open'),
  allOf: (value) => value.map((part: Loose) => converted(part, 'open')),
  anyOf: (value) => value.map((part: Loose) => converted(part, 'open')),
  oneOf: (value) => value.map((part: Loose) => converted(part, 'open')),
  discriminator: ({ mapping, ...rest }) => ({
    ...rest,
    ...(mapping && { mapping: mapValues(mapping, ($ref) => `#/open/${nameIn($ref)}`) }),
  }),
};

function converted(node: Loose, variant: Variant): Loose {
  if (node.$ref) return { $ref: `#/${variant}/${nameIn(node.$ref)}` };
  const entries = Object.entries(node).map(([word, value]) => [
    word,
    within[word]?.(value) ?? value,
  ]);
  const schema = Object.fromEntries(entries);
  const whole = schema.oneOf && schema.discriminator?.mapping ? casesOf(schema) : schema;
  return variant === 'closed' ? close(whole) : whole;
}

/** Further values of a member, or a further member; either use is noted. */
function extended(member: Loose | undefined, entry: string, more: Loose): Loose {
  const noted = { [NOTED]: `members ${entry}` };
  return member ? { anyOf: [member, more], if: more, then: noted } : { ...more, ...noted };
}

function withMembers(name: string, schema: Loose, { members }: Extensions): Loose {
  const own = Object.entries(members).filter(([entry]) => entry.startsWith(`${name}.`));
  const properties = own.map(([entry, more]) => {
    const member = entry.slice(name.length + 1);
    return [member, extended(schema.properties[member], entry, more)];
  });
  if (own.length === 0) return schema;
  return { ...schema, properties: { ...schema.properties, ...Object.fromEntries(properties) } };
}

function withLess(name: string, schema: Loose, { optional }: Extensions): Loose {
  if (!optional.includes(name)) return schema;
  const { required, ...rest } = schema;
  return { ...rest, if: { required }, else: { [NOTED]: `optional ${name}` } };
}

/**
 * The schemas of an OpenAPI 3.0 document in the words of JSON Schema, under `closed` and `open`.
 * @param direction requests may leave out what the extensions say
 */
export function jsonSchemas(document: Loose, extensions: Extensions, direction: Direction): Loose {
  const { schemas } = document.components;
  const all = (variant: Variant) =>
    Object.fromEntries(
      Object.entries(schemas as Record<string, Loose>).map(([name, given]) => {
        const more = withMembers(name, converted(given, variant), extensions);
        return [name, direction === 'request' ? withLess(name, more, extensions) : more];
      }),
    );
  return { $id: direction, closed: all('closed'), open: all('open') };
}

/** A schema of the document's paths, which stands beside {@link jsonSchemas}. */
export function schemaIn(direction: Direction, node: Loose): Loose {
  const schema = converted(node, 'closed');
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${direction}#/`);
  return JSON.parse(text);
}
