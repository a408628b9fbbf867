import { RefusedRequest } from '../refused-request.js';
import type { FieldType } from './field.js';

const RFC_3339 =
  /^(?<day>\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** A day that is in no month would be taken for one of the next month. */
function isDay(day: string): boolean {
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}

function timeOf(text: string): string | undefined {
  const { day } = RFC_3339.exec(text)?.groups ?? {};
  if (day === undefined || !isDay(day)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

const readers: Record<FieldType, (text: string) => string | undefined> = {
  text: (text) => text,
  number: (text) => (NUMBER.test(text) ? text : undefined),
  time: timeOf,
};

const wanted = {
  text: 'a text',
  number: 'a number, such as 3',
  time: 'a time, such as 2026-01-31T12:00:00Z',
};

/**
 * A value as PostgreSQL reads it; times to the millisecond.
 * @throws RefusedRequest when it is none of this type
 */
export function fieldValue(field: string, type: FieldType, text: string): string {
  const value = readers[type](text);
  if (value !== undefined) return value;
  throw new RefusedRequest('invalid', `fieldSelector: ${field}: "${text}" is not ${wanted[type]}`);
}
