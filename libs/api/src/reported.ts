import { applyDecorators } from '@nestjs/common';
import { isRFC3339 } from 'class-validator';
import { Open, OpenList, Rule } from './property.js';

/** What a member must be, and whether a value is that. */
interface Kind {
  readonly must: string;
  is(value: unknown): boolean;
}

/** The members that are known of what an agent reports. It may report others, which are kept as they are. */
interface Shape {
  readonly required?: Readonly<Record<string, Kind>>;
  readonly optional?: Readonly<Record<string, Kind>>;
  /** What all other members must be; anything when absent. */
  readonly others?: Kind;
}

export const text: Kind = { must: 'be text', is: (value) => typeof value === 'string' };
export const whole: Kind = { must: 'be a whole number', is: Number.isInteger };
export const flag: Kind = {
  must: 'be true or false',
  is: (value) => value === true || value === false,
};
export const time: Kind = { must: 'be an RFC 3339 time', is: (value) => isRFC3339(value) };

export const oneOf = (...values: readonly string[]): Kind => ({
  must: `be one of ${values.join(', ')}`,
  is: (value) => values.some((one) => one === value),
});

export const shaped = (shape: Shape): Kind => ({
  must: 'have the members that are asked for',
  is: (value) => isObject(value) && faultIn(value, shape) === undefined,
});

export const listOf = (kind: Kind): Kind => ({
  must: `be a list whose items ${kind.must}`,
  is: (value) => Array.isArray(value) && value.every((item) => kind.is(item)),
});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function faultIn(value: Readonly<Record<string, unknown>>, shape: Shape): string | undefined {
  const { required = {}, optional = {}, others } = shape;
  const missing = Object.keys(required).find((name) => value[name] === undefined);
  if (missing !== undefined) return `${missing} is missing`;
  const kinds = new Map(Object.entries({ ...required, ...optional }));
  for (const [name, member] of Object.entries(value)) {
    const kind = kinds.get(name) ?? others;
    if (kind && !kind.is(member)) return `${name} must ${kind.must}`;
  }
  return undefined;
}

function faultOf(value: unknown, shape: Shape): string | undefined {
  // What is no object at all is refused by its own rule.
  return isObject(value) ? faultIn(value, shape) : undefined;
}

/** An object that an agent reports. */
export function Reported(shape: Shape): PropertyDecorator {
  return applyDecorators(
    Open({ optional: true }),
    Rule('reported', (value) => faultOf(value, shape)),
  );
}

/** A list of such objects. */
export function ReportedList(shape: Shape): PropertyDecorator {
  const problem = (value: unknown) => {
    const faults = Array.isArray(value) ? value.map((item) => faultOf(item, shape)) : [];
    const index = faults.findIndex((fault) => fault !== undefined);
    return index < 0 ? undefined : `[${index}]: ${faults[index]}`;
  };
  return applyDecorators(OpenList({ optional: true }), Rule('reported', problem));
}
