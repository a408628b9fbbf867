import type { Loose } from './json-client.js';

/** A discriminator says which one of several schemas is meant, which JSON Schema has no word for. */
export function casesOf({
  discriminator: { propertyName, mapping },
  oneOf: _,
  ...rest
}: Loose): Loose {
  const cases = Object.entries(mapping).map(([name, $ref]) => ({
    if: { properties: { [propertyName]: { const: name } } },
    then: { $ref },
  }));
  const known = {
    required: [propertyName],
    properties: { [propertyName]: { enum: Object.keys(mapping) } },
  };
  return { ...rest, allOf: [...(rest.allOf ?? []), known, ...cases] };
}

/** An OpenAPI document in the words of JSON Schema, for a validator. */
export function asJsonSchema(node: Loose): Loose {
  if (node === null || typeof node !== 'object') return node;
  if (Array.isArray(node)) return node.map(asJsonSchema);
  const entries = Object.entries(node).map(([key, value]) => [key, asJsonSchema(value)]);
  const schema = Object.fromEntries(entries);
  return schema.oneOf && schema.discriminator?.mapping ? casesOf(schema) : schema;
}
