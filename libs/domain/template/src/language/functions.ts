import type { Call } from './call.js';
import { compare, equal } from './comparisons.js';
import { printf } from './printf.js';
import type { Shape } from './shapes.js';
import type { Value, ValueMap } from './values.js';
import { isTrue, typeName } from './values.js';

interface TemplateFunction {
  /** Number of arguments, a piped value included. */
  least: number;
  most: number;
  apply(values: Value[], call: Call): Value;
}

function textOf(value: Value | undefined, call: Call): string {
  if (typeof value === 'string') return value;
  return call.fail('template-type', `a text is needed, not ${typeName(value ?? '')}`);
}

function mapOf(value: Value | undefined, call: Call): ValueMap {
  if (typeof value === 'object') return value;
  return call.fail('template-type', `a map is needed, not ${typeName(value ?? '')}`);
}

function measured(text: string, call: Call): string {
  call.spend(text.length);
  return text;
}

function replace(values: Value[], call: Call): Value {
  const [old, replacement, text] = values.map((value) => textOf(value, call));
  if (!old || replacement === undefined || text === undefined) {
    return call.fail('template-type', '"replace" needs a text to look for');
  }
  call.spend(text.length);
  const pieces = text.split(old);
  call.spend(text.length + (pieces.length - 1) * (replacement.length - old.length));
  return pieces.join(replacement);
}

function index([map, ...keys]: Value[], call: Call): Value {
  return keys.reduce((value: Value, key) => {
    const name = textOf(key, call);
    const found = mapOf(value, call).get(name);
    return found ?? call.fail('template-missing-key', `there is no key "${name}"`, name);
  }, map ?? '');
}

function getOrDefault([map, key, fallback]: Value[], call: Call): Value {
  return mapOf(map, call).get(textOf(key, call)) ?? fallback ?? '';
}

type Comparison = (order: number) => boolean;

function ordering(holds: Comparison): TemplateFunction {
  return {
    least: 2,
    most: 2,
    apply: ([left, right], call) => holds(compare(left ?? '', right ?? '', call)),
  };
}

function eq([left, ...others]: Value[], call: Call): Value {
  return others.map((other) => equal(left ?? '', other, call)).includes(true);
}

const some = Number.POSITIVE_INFINITY;

const functions = new Map<string, TemplateFunction>([
  [
    'upper',
    {
      least: 1,
      most: 1,
      apply: ([text], call) => measured(textOf(text, call), call).toUpperCase(),
    },
  ],
  [
    'lower',
    {
      least: 1,
      most: 1,
      apply: ([text], call) => measured(textOf(text, call), call).toLowerCase(),
    },
  ],
  ['replace', { least: 3, most: 3, apply: replace }],
  ['index', { least: 2, most: some, apply: index }],
  ['getOrDefault', { least: 3, most: 3, apply: getOrDefault }],
  ['eq', { least: 2, most: some, apply: eq }],
  ['ne', { least: 2, most: 2, apply: (values, call) => eq(values, call) === false }],
  ['lt', ordering((order) => order < 0)],
  ['le', ordering((order) => order <= 0)],
  ['gt', ordering((order) => order > 0)],
  ['ge', ordering((order) => order >= 0)],
  ['not', { least: 1, most: 1, apply: ([value]) => !isTrue(value ?? '') }],
  [
    'printf',
    {
      least: 1,
      most: some,
      apply: ([format, ...values], call) => printf(textOf(format, call), values, call),
    },
  ],
]);

/** `and` and `or` look at their arguments one by one: the evaluator knows them by name. */
const lazyFunctions = new Set(['and', 'or']);

export function isLazy(name: string): boolean {
  return lazyFunctions.has(name);
}

export function isFunctionName(name: string): boolean {
  return functions.has(name) || lazyFunctions.has(name);
}

const texts = new Set(['upper', 'lower', 'replace', 'printf']);
/** One of their arguments is the result. */
const choices = new Set(['and', 'or', 'index', 'getOrDefault']);

/** What is known of a function's result without its arguments. */
export function resultShape(name: string): Shape {
  if (choices.has(name)) return 'any';
  return texts.has(name) ? 'text' : 'boolean';
}

/** What is wrong with a number of arguments, a piped value included. */
export function countProblem(name: string, count: number): string | undefined {
  const found = functions.get(name);
  if (!found) return count === 0 ? `"${name}" needs an argument` : undefined;
  const { least, most } = found;
  if (count >= least && count <= most) return undefined;
  const wanted = least === most ? `${least}` : `at least ${least}`;
  return `"${name}" takes ${wanted} arguments, but has ${count}`;
}

/** Calls a function of the template language, after checking the number of its arguments. */
export function applyFunction(name: string, values: Value[], call: Call): Value {
  const found = functions.get(name);
  if (!found) return call.fail('template-unsupported', `there is no function "${name}"`);
  const problem = countProblem(name, values.length);
  return problem ? call.fail('template-type', problem) : found.apply(values, call);
}
