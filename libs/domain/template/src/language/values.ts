/** What an expression can be. Maps hold data only: no inherited members, no code. */
export type Value = string | number | boolean | ValueMap;

export type ValueMap = ReadonlyMap<string, Value>;

/** The device as templates see it: `.metadata.name` and `.metadata.labels`. */
export interface TemplateDevice {
  name: string;
  labels: Record<string, string>;
}

export function dataOf({ name, labels }: TemplateDevice): ValueMap {
  const metadata = new Map<string, Value>([
    ['name', name],
    ['labels', new Map<string, Value>(Object.entries(labels))],
  ]);
  return new Map<string, Value>([['metadata', metadata]]);
}

/** False are `false`, 0, the empty text and the empty map. */
export function isTrue(value: Value): boolean {
  return typeof value === 'object' ? value.size > 0 : Boolean(value);
}

export function typeName(value: Value): string {
  if (typeof value === 'object') return 'a map';
  return { string: 'a text', number: 'a number', boolean: 'a truth value' }[
    typeof value as 'string' | 'number' | 'boolean'
  ];
}
