/** What is known of a value before there is a device: its type, and which keys it can have. */
export type Shape =
  | 'any'
  | 'text'
  | 'number'
  | 'boolean'
  /** A map with just these keys. */
  | ReadonlyMap<string, Shape>
  /** A map with any keys. */
  | { readonly each: Shape };

/** The shape of what every device gives to a template. */
export const deviceShape: Shape = new Map<string, Shape>([
  [
    'metadata',
    new Map<string, Shape>([
      ['name', 'text'],
      ['labels', { each: 'text' }],
    ]),
  ],
]);

const typeNames = { text: 'a text', number: 'a number', boolean: 'a truth value' } as const;

/** Why no value of the shape can be a map; undefined when it can be one. */
export function scalarName(shape: Shape): string | undefined {
  return typeof shape === 'string' && shape !== 'any' ? typeNames[shape] : undefined;
}

export function isMap(shape: Shape): boolean {
  return typeof shape === 'object';
}

/** The shape under a key; undefined when no such key can exist. */
export function shapeUnder(shape: Shape, key: string): Shape | undefined {
  if (shape instanceof Map) return (shape as ReadonlyMap<string, Shape>).get(key);
  return typeof shape === 'object' && 'each' in shape ? shape.each : 'any';
}
