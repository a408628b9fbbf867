import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsRFC3339,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

/** What every property may say; required unless `optional`. */
export interface PropertyOptions {
  readonly optional?: boolean;
  readonly description?: string;
}

export interface TextOptions extends PropertyOptions {
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  readonly maxLength?: number;
  /** Whether the empty text is refused. */
  readonly notEmpty?: boolean;
}

export interface NumberOptions extends PropertyOptions {
  readonly min?: number;
  readonly max?: number;
}

type Class = new () => object;

const MAX_ITEMS = 10_000;

function property(
  options: PropertyOptions,
  documented: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const { optional = false, description } = options;
  const about = { required: !optional, ...(description && { description }), ...documented };
  // Absent is fine, null is not: it would be stored and given back.
  const absent = optional ? [ValidateIf((_object, value) => value !== undefined)] : [];
  return applyDecorators(ApiProperty(about as ApiPropertyOptions), ...absent, ...checks);
}

function textChecks({ oneOf, pattern, maxLength, notEmpty }: TextOptions, each: boolean) {
  return [
    IsString({ each }),
    ...(oneOf ? [IsIn([...oneOf], { each })] : []),
    ...(pattern ? [Matches(pattern, { each })] : []),
    ...(maxLength === undefined ? [] : [MaxLength(maxLength, { each })]),
    ...(notEmpty ? [IsNotEmpty({ each })] : []),
  ];
}

function textSchema({ oneOf, pattern, maxLength }: TextOptions) {
  return {
    type: 'string' as const,
    ...(oneOf && { enum: [...oneOf] }),
    ...(pattern && { pattern: pattern.source }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

export function Text(options: TextOptions = {}): PropertyDecorator {
  return property(options, textSchema(options), ...textChecks(options, false));
}

export function TextList(options: TextOptions = {}): PropertyDecorator {
  const schema = { type: 'array' as const, items: textSchema(options) };
  return property(
    options,
    schema,
    IsArray(),
    ArrayMaxSize(MAX_ITEMS),
    ...textChecks(options, true),
  );
}

/** RFC 3339. */
export function Time(options: PropertyOptions = {}): PropertyDecorator {
  return property(options, { type: 'string', format: 'date-time' }, IsRFC3339());
}

function bounds({ min, max }: NumberOptions) {
  return [...(min === undefined ? [] : [Min(min)]), ...(max === undefined ? [] : [Max(max)])];
}

/** Beyond it numbers of JSON are not whole any more, and clients of gRPC could not be told them. */
const LARGEST = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

export function Whole(options: NumberOptions = {}): PropertyDecorator {
  return property(options, { type: 'integer' }, IsInt(), ...bounds({ ...LARGEST, ...options }));
}

export function Decimal(options: NumberOptions = {}): PropertyDecorator {
  return property(options, { type: 'number' }, IsNumber(), ...bounds(options));
}

export function Flag(options: PropertyOptions = {}): PropertyDecorator {
  return property(options, { type: 'boolean' }, IsBoolean());
}

export function Nested(type: () => Class, options: PropertyOptions = {}): PropertyDecorator {
  // The documentation takes a function for a late class only if it is called `type`.
  return property(options, { type: () => type() }, IsObject(), ValidateNested(), Type(type));
}

export function NestedList(
  type: () => Class,
  options: PropertyOptions & { minItems?: number } = {},
): PropertyDecorator {
  return property(
    options,
    { type: () => type(), isArray: true },
    IsArray(),
    ArrayMinSize(options.minItems ?? 0),
    ArrayMaxSize(MAX_ITEMS),
    IsObject({ each: true }),
    ValidateNested({ each: true }),
    Type(type),
  );
}

function isTextMap(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  return Object.values(value).every((member) => typeof member === 'string');
}

/** An object whose members are all text. */
export function TextMap(options: PropertyOptions = {}): PropertyDecorator {
  const message = '$property must be an object whose values are all text';
  return property(
    options,
    { type: 'object', additionalProperties: { type: 'string' } },
    ValidateBy({
      name: 'textMap',
      validator: { validate: isTextMap, defaultMessage: () => message },
    }),
  );
}

/** An object whose inner shape is somebody else's. */
export function Open(options: PropertyOptions = {}): PropertyDecorator {
  return property(options, { type: 'object', additionalProperties: true }, IsObject());
}

/** A list of such objects. */
export function OpenList(options: PropertyOptions = {}): PropertyDecorator {
  const items = { type: 'object' as const, additionalProperties: true };
  const schema: ApiPropertyOptions = { type: 'array', items };
  return property(options, schema, IsArray(), ArrayMaxSize(MAX_ITEMS), IsObject({ each: true }));
}

/** A rule about a value and the object it stands in; answers what is wrong, or nothing. */
export function Rule(
  name: string,
  problem: (value: unknown, object: Record<string, unknown>) => string | undefined,
): PropertyDecorator {
  const judge = (value: unknown, object: object | undefined) =>
    problem(value, (object ?? {}) as Record<string, unknown>);
  return ValidateBy({
    name,
    validator: {
      validate: (value, args) => judge(value, args?.object) === undefined,
      defaultMessage: (args) => judge(args?.value, args?.object) ?? '',
    },
  });
}
