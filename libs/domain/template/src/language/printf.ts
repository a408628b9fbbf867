import type { Call } from './call.js';
import type { Value } from './values.js';
import { typeName } from './values.js';

const directive = /%([-0]*)(\d{0,3})(?:\.(\d{1,2}))?([a-zA-Z%])?/g;
const maximumDigits = 20;

interface Directive {
  flags: string;
  width: number;
  precision: number | undefined;
  verb: string;
}

type Printer = (value: never, precision: number | undefined) => string;

function hexadecimal(value: string | number): string {
  return typeof value === 'string' ? Buffer.from(value).toString('hex') : value.toString(16);
}

/** Verb → how it prints each type of value that it takes. */
const printers: Record<string, Partial<Record<'string' | 'number' | 'boolean', Printer>>> = {
  s: { string: (value: string, precision) => [...value].slice(0, precision).join('') },
  q: { string: (value: string) => JSON.stringify(value) },
  d: { number: (value: number) => String(value) },
  t: { boolean: (value: boolean) => String(value) },
  f: { number: (value: number, precision) => value.toFixed(precision ?? 6) },
  x: { string: hexadecimal, number: hexadecimal },
  X: {
    string: (value: string) => hexadecimal(value).toUpperCase(),
    number: (value: number) => hexadecimal(value).toUpperCase(),
  },
  v: {
    string: (value: string) => value,
    number: (value: number) => String(value),
    boolean: (value: boolean) => String(value),
  },
};

function printerOf({ verb }: Directive, value: Value, call: Call): Printer {
  const type = typeof value as 'string' | 'number' | 'boolean';
  const found = Object.hasOwn(printers, verb) ? printers[verb] : undefined;
  if (!found) return call.fail('template-unsupported', `"printf" knows no verb "%${verb}"`);
  const whole = !'dxX'.includes(verb) || typeof value !== 'number' || Number.isInteger(value);
  const printer = whole && Object.hasOwn(found, type) ? found[type] : undefined;
  return printer ?? call.fail('template-type', `"%${verb}" cannot print ${typeName(value)}`);
}

function pad(text: string, { flags, width }: Directive, isNumber: boolean): string {
  const missing = Math.max(0, width - [...text].length);
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0') || !isNumber) return ' '.repeat(missing) + text;
  const sign = text.startsWith('-') ? '-' : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function print(found: Directive, value: Value, call: Call): string {
  if ((found.precision ?? 0) > maximumDigits && found.verb === 'f') {
    call.fail('template-limit', `"printf" prints at most ${maximumDigits} decimals`);
  }
  if (typeof value === 'string') call.spend(value.length);
  const text = printerOf(found, value, call)(value as never, found.precision);
  return pad(text, found, typeof value === 'number');
}

function directiveOf([, flags, width, precision, verb]: (string | undefined)[]): Directive {
  return {
    flags: flags ?? '',
    width: Number(width ?? 0),
    precision: precision === undefined ? undefined : Number(precision),
    verb: verb ?? '',
  };
}

/** Go's `printf` with the verbs s q d t f x X v and %; wrong or missing arguments are errors. */
export function printf(format: string, values: Value[], call: Call): string {
  const pieces: string[] = [];
  let length = 0;
  let offset = 0;
  let used = 0;
  const add = (piece: string): void => {
    length += piece.length;
    call.spend(piece.length);
    pieces.push(piece);
  };
  for (const match of format.matchAll(directive)) {
    add(format.slice(offset, match.index));
    offset = match.index + match[0].length;
    const found = directiveOf(match);
    const value = values[used];
    if (found.verb === '%') add('%');
    else if (value === undefined) call.fail('template-type', '"printf" has too few arguments');
    else add(print(found, value, call));
    used += found.verb === '%' ? 0 : 1;
  }
  if (used < values.length) call.fail('template-type', '"printf" has too many arguments');
  add(format.slice(offset));
  call.spend(length);
  return pieces.join('');
}
