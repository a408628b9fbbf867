import { describe, expect, it } from '@jest/globals';
import { parseFieldSelector, parseLabelSelector } from './parse-selector.js';
import type { Operator } from './requirement.js';
import { SelectorError } from './selector-error.js';

type Short = [string | string[], Operator, ...(string | string[])[]];

const listOf = (one: string | string[]) => (typeof one === 'string' ? [one] : one);
const full = ([keys, operator, ...values]: Short) => ({
  keys: listOf(keys),
  operator,
  values: values.map(listOf),
});

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SelectorError) return error.message;
    throw error;
  }
  return 'is read';
}

it.each<[string, Short[]]>([
  ['', []],
  [' \t\n', []],
  ['a', [['a', 'exists']]],
  [' ! a ', [['a', 'absent']]],
  ['a=b', [['a', 'in', 'b']]],
  ['a == b', [['a', 'in', 'b']]],
  ['a!=b', [['a', 'notin', 'b']]],
  ['a=', [['a', 'in', '']]],
  [
    'a=,b',
    [
      ['a', 'in', ''],
      ['b', 'exists'],
    ],
  ],
  ['a in (b)', [['a', 'in', 'b']]],
  ['a in(b,c , )', [['a', 'in', 'b', 'c', '']]],
  [
    'a notin ( b,c),d',
    [
      ['a', 'notin', 'b', 'c'],
      ['d', 'exists'],
    ],
  ],
  ['in in (in)', [['in', 'in', 'in']]],
  ['constructor', [['constructor', 'exists']]],
  [
    'x.example/a=b,!c',
    [
      ['x.example/a', 'in', 'b'],
      ['c', 'absent'],
    ],
  ],
  ['(a,b)=(c,d)', [[['a', 'b'], 'in', ['c', 'd']]]],
  ['( a , b ) != ( c , )', [[['a', 'b'], 'notin', ['c', '']]]],
  ['(a,b) in ((c,d),(e,f))', [[['a', 'b'], 'in', ['c', 'd'], ['e', 'f']]]],
  [
    '(a,b)notin((c,d)),e=f',
    [
      [['a', 'b'], 'notin', ['c', 'd']],
      ['e', 'in', 'f'],
    ],
  ],
])('reads labels %j', (text, requirements) => {
  expect(parseLabelSelector(text)).toEqual(requirements.map(full));
});

it.each<[string, Short[]]>([
  ['a.b contains c', [['a.b', 'contains', 'c']]],
  ['a notcontains c:d/e@f?g=h', [['a', 'notcontains', 'c:d/e@f?g=h']]],
  [
    'a>1,b>=2,c<3,d<=4',
    [
      ['a', '>', '1'],
      ['b', '>=', '2'],
      ['c', '<', '3'],
      ['d', '<=', '4'],
    ],
  ],
  ['a = 2026-01-02T03:04:05+02:00', [['a', 'in', '2026-01-02T03:04:05+02:00']]],
  ['a=b\\,c\\ d\\(e\\)\\\\f', [['a', 'in', 'b,c d(e)\\f']]],
  ['a>\\>1', [['a', '>', '>1']]],
  ['a in (\\),\\=)', [['a', 'in', ')', '=']]],
  ['a=é😀\\😀', [['a', 'in', 'é😀😀']]],
])('reads fields %j', (text, requirements) => {
  expect(parseFieldSelector(text)).toEqual(requirements.map(full));
});

describe('what cannot be read', () => {
  it.each<[string, RegExp]>([
    [',', /^at character 1, ",": a name is expected; write key/],
    ['a,', /^at its end: a name is expected; write key/],
    ['a=b,,c', /^at character 5, ",c": a name/],
    ['=b', /^at character 1, "=b": a name/],
    ['!', /^at its end: a name/],
    ['!!a', /^at character 2, "!a": a name/],
    ['!a=b', /^at character 3, "=b": a comma or the end is expected; write \\/],
    ['!(a,b)', /^at character 2, "\(a,b\)": a name/],
    ['a b', /^at character 3, "b": an operator is expected; write key/],
    ['a is  b', /^at character 3, "is  b": an operator/],
    ['a IN (b)', /^at character 3, "IN \(b\)": an operator/],
    ['a toString b', /^at character 3, .*an operator/],
    ['a !b', /^at character 3, "!b": an operator/],
    ['a>1', /^at character 2, ">1": an operator/],
    ['a contains b', /^at character 3, "contains b": an operator/],
    ['a===b', /^at character 4, "=b": a value does not begin with =; write \\=/],
    ['a=!b', /^at character 3, "!b": a value does not begin with !/],
    ['a=b c=d', /^at character 5, "c=d": a comma or the end/],
    ['a=b \\c', /^at character 5, .*a comma or the end/],
    ['a=(b)', /^at character 3, "\(b\)": a comma or the end/],
    ['a=b)', /^at character 4, "\)": a comma or the end/],
    ['a=b\\', /^at character 4, "\\": nothing follows the \\; write \\\\/],
    ['a in b', /^at character 6, "b": \( is expected; write values as \(a, b\)/],
    ['a in', /^at its end: \( is expected/],
    ['a in ()', /^at character 7, "\)": nothing is in the brackets/],
    ['a in (b', /^at its end: a comma or \) is expected/],
    ['a in (b c)', /^at character 9, "c\)": a comma or \)/],
    ['a in ((b))', /^at character 7, "\(b\)\)": a comma or \)/],
    ['a in (b))', /^at character 9, "\)": a comma or the end/],
    ['()=(a)', /^at character 2, "\)=\(a\)": nothing is in the brackets/],
    ['(a,b)', /^at its end: an operator/],
    ['(a,)=(b,c)', /^at character 4, "\)=\(b,c\)": a name/],
    ['(a,b,a)=(c,d,e)', /^at character 6, "a\)=\(c,d,e\)": a tuple has each name once; write/],
    ['(a,b)=c', /^at character 7, "c": \( is expected/],
    ['(a,b)=(c)', /^at its end: a tuple of 2 names is compared with 1 values; write as many/],
    ['(a,b) in (c,d)', /^at character 11, "c,d\)": \( is expected/],
    ['(a,b) in ((c,d),(e))', /^at character 20, "\)": a tuple of 2/],
    ['(a', /^at its end: a comma or \)/],
    ['\0', /^at character 1, .*zero character/],
    ['a=\ud800', /half of a character/],
    [`a=${'é'.repeat(5_000)}`, /longer than 8192 bytes; write less/],
    [
      Array(101).fill('a').join(','),
      /^at character 201, "a": there are more than 100 requirements/,
    ],
    [`a in (${','.repeat(1_000)})`, /^at character 1007, "\)": there are more than 1000 values/],
  ])('labels, row %#', (text, message) => {
    expect(refusal(() => parseLabelSelector(text))).toMatch(message);
  });

  it.each<[string, RegExp]>([
    ['(a,b)=(c,d)', /^at character 1, .*no requirement begins with a bracket here; write field/],
    ['a=>1', /^at character 3, ">1": a value does not begin with >/],
    ['a>>1', /^at character 3, ">1": a value does not begin with >/],
    ['a> =1', /^at character 4, "=1": a value does not begin with =/],
    ['a<>1', /^at character 3, ">1": a value/],
    ['a contains', /^is read/],
    ['a contains b c', /^at character 14, "c": a comma or the end/],
    ['a like b', /^at character 3, .*an operator is expected; write field/],
  ])('fields %j', (text, message) => {
    expect(refusal(() => parseFieldSelector(text))).toMatch(message);
  });

  it('as large as may be is read', () => {
    expect(parseLabelSelector(Array(100).fill('a').join(','))).toHaveLength(100);
    expect(parseLabelSelector(`a in (${','.repeat(999)})`)[0]!.values).toHaveLength(1_000);
    expect(parseLabelSelector(`a=${'b'.repeat(8_190)}`)).toHaveLength(1);
  });
});

/** Numbers that look random and are the same each time. */
function* numbers(seed: number) {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

it('reads any text, or says where it cannot and what to write', () => {
  const parts = [
    'a',
    'b.c',
    ' in ',
    'notin',
    'contains',
    ' ',
    ',',
    '(',
    ')',
    '=',
    '!',
    '<',
    '>',
    '\\',
    '😀',
  ];
  const random = numbers(7);
  let [read, refused] = [0, 0];
  for (let round = 0; round < 20_000; round += 1) {
    const length = Math.floor(random.next().value! * 12);
    const text = Array.from(
      { length },
      () => parts[Math.floor(random.next().value! * parts.length)],
    ).join('');
    for (const parse of [parseLabelSelector, parseFieldSelector]) {
      const message = refusal(() => parse(text));
      if (message === 'is read') read += 1;
      else {
        refused += 1;
        expect(message).toMatch(/^at (?:its end|character \d+, ".*"): [^;]+; write /s);
      }
    }
  }
  expect(Math.min(read, refused)).toBeGreaterThan(1_000);
});
