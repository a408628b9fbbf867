/** What selectors mean, in TypeScript, of a selector as a test made it up: the judge of what the lists answer. */

/** A thing as it is shown, as far as selectors look at it. */
export interface Shown {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string | number | Date | undefined>>;
}

/** One requirement: how it is written, and what it means. */
export interface Meaning {
  readonly text: string;
  holds(thing: Shown): boolean;
}

type Values = Shown['fields'][string];

/** Numbers that look random and are the same each time. */
export class Dice {
  constructor(private state: number) {}

  below(end: number): number {
    this.state = (this.state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((this.state / 2 ** 31) * end);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  some<Item>(items: readonly Item[]): Item[] {
    return Array.from({ length: 1 + this.below(3) }, () => this.one(items));
  }
}

export const labelKeys = ['site', 'tier', 'x.example/rack'];
export const labelValues = ['', 'a', 'b', 'A', 'a.b'];

const tuple = (texts: readonly string[]): string => `(${texts.join(',')})`;

/** Values in brackets; empty brackets say nothing, and a comma says the empty text. */
const listed = (texts: readonly string[]): string => (texts.join('') === '' ? '(,)' : tuple(texts));

function tupleMeaning(dice: Dice): Meaning {
  const keys = labelKeys.slice(dice.below(2)).slice(0, 2);
  const rows = dice.some(labelValues).map((value) => [value, dice.one(labelValues)]);
  const negative = dice.below(2) === 1;
  const text = `${tuple(keys)} ${negative ? 'notin' : 'in'} (${rows.map(tuple).join(',')})`;
  const isOne = ({ labels }: Shown) =>
    rows.some((row) => row.every((value, index) => labels[keys[index]!] === value));
  return { text, holds: (thing) => isOne(thing) !== negative };
}

export function labelMeaning(dice: Dice): Meaning {
  const key = dice.one(labelKeys);
  const value = dice.one(labelValues);
  const values = dice.some(labelValues);
  return dice.one<Meaning>([
    { text: key, holds: ({ labels }) => key in labels },
    { text: `!${key}`, holds: ({ labels }) => !(key in labels) },
    { text: `${key}=${value}`, holds: ({ labels }) => labels[key] === value },
    { text: `${key} != ${value}`, holds: ({ labels }) => labels[key] !== value },
    {
      text: `${key} in ${listed(values)}`,
      holds: ({ labels }) => key in labels && values.includes(labels[key]!),
    },
    {
      text: `${key} notin ${listed(values)}`,
      holds: ({ labels }) => !(key in labels) || !values.includes(labels[key]!),
    },
    tupleMeaning(dice),
  ]);
}

/** The values that a field has in tests. */
export const fieldValues: Readonly<Record<string, readonly NonNullable<Values>[]>> = {
  'metadata.owner': ['Fleet/f', 'Fleet/g', 'f', ''],
  'metadata.generation': [1, 2, 9, 10, 100],
  'status.summary.status': ['Online', 'Error', 'Unknown', 'online', "it's"],
  'status.lastSeen': [
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.001Z',
    '2026-09-01T00:00:00Z',
  ].map((text) => new Date(text)),
};

const written = (value: NonNullable<Values>): string =>
  value instanceof Date ? value.toISOString() : String(value);

const comparisons: Readonly<Record<string, (left: Values, right: Values) => boolean>> = {
  '>': (left, right) => left! > right!,
  '>=': (left, right) => left! >= right!,
  '<': (left, right) => left! < right!,
  '<=': (left, right) => left! <= right!,
};

function comparison(dice: Dice, field: string, value: NonNullable<Values>): Meaning {
  const sign = dice.one(Object.keys(comparisons));
  const compare = comparisons[sign]!;
  const holds = ({ fields }: Shown) => fields[field] !== undefined && compare(fields[field], value);
  return { text: `${field}${sign}${written(value)}`, holds };
}

function containing(dice: Dice, field: string): Meaning {
  const part = dice.one(['n', 'Fleet/', 'line', "'", 'x']);
  const negative = dice.below(2) === 1;
  const has = ({ fields }: Shown) => String(fields[field] ?? '').includes(part);
  return {
    text: `${field} ${negative ? 'notcontains' : 'contains'} ${part}`,
    holds: (thing) => has(thing) !== negative,
  };
}

export function fieldMeaning(dice: Dice): Meaning {
  const field = dice.one(Object.keys(fieldValues));
  const known = fieldValues[field]!;
  const values = dice.some(known);
  const is = ({ fields }: Shown) =>
    fields[field] !== undefined && values.map(written).includes(written(fields[field]));
  const list = listed(values.map(written));
  const isText = typeof known[0] === 'string';
  return dice.one<Meaning>([
    { text: field, holds: ({ fields }) => fields[field] !== undefined },
    { text: `! ${field}`, holds: ({ fields }) => fields[field] === undefined },
    { text: `${field} in ${list}`, holds: is },
    { text: `${field} notin ${list}`, holds: (thing) => !is(thing) },
    comparison(dice, field, values[0]!),
    isText ? containing(dice, field) : comparison(dice, field, values[0]!),
  ]);
}
