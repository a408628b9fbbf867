import type { Operator, Requirement } from '@skein/api';
import { RefusedRequest } from '../refused-request.js';
import type { Field, FieldType } from './field.js';
import { fieldValue } from './field-values.js';
import type { Parameters } from './parameters.js';

const sqlTypes: Record<FieldType, string> = {
  text: 'text',
  time: 'timestamptz',
  number: 'numeric',
};

/** What does not hold, or is not known to, makes these hold. */
const opposites: Partial<Record<Operator, Operator>> = {
  absent: 'exists',
  notin: 'in',
  notcontains: 'contains',
};

const whole = ({ sql, prefix }: Field): string => (prefix ? `'${prefix}' || ${sql}` : sql);

function isOneOf({ sql, type, prefix = '' }: Field, values: string[], parameters: Parameters) {
  const possible = values
    .filter((value) => value.startsWith(prefix))
    .map((value) => value.slice(prefix.length));
  return `${sql} = any(${parameters.add(possible)}::${sqlTypes[type]}[])`;
}

function positive(
  field: Field,
  operator: Operator,
  values: string[],
  parameters: Parameters,
): string {
  if (operator === 'exists') return `${field.sql} is not null`;
  if (operator === 'in') return isOneOf(field, values, parameters);
  const value = `${parameters.add(values[0])}::${sqlTypes[field.type]}`;
  if (operator === 'contains') return `strpos(${whole(field)}, ${value}) > 0`;
  const collation = field.type === 'text' ? ' collate "C"' : '';
  return `(${whole(field)})${collation} ${operator} ${value}`;
}

function requireTexts(name: string, { type }: Field, operator: Operator): void {
  if (type === 'text' || !operator.endsWith('contains')) return;
  throw new RefusedRequest(
    'invalid',
    `fieldSelector: ${name}: ${operator} is for texts and this is a ${type}; use =, !=, >, >=, < or <=`,
  );
}

/**
 * A requirement of a field selector in SQL, with what users wrote in the parameters.
 * @throws RefusedRequest when the field cannot be compared so
 */
export function fieldCondition(
  { keys, operator, values }: Requirement,
  fields: Readonly<Record<string, Field>>,
  parameters: Parameters,
): string {
  const name = keys[0]!;
  const field = fields[name]!;
  requireTexts(name, field, operator);
  const read = values.flat().map((text) => fieldValue(name, field.type, text));
  const opposite = opposites[operator];
  if (!opposite) return positive(field, operator, read, parameters);
  return `(${positive(field, opposite, read, parameters)}) is not true`;
}
