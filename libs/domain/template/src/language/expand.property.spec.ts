import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expand } from './expand.js';
import { TemplateError } from './template-error.js';
import type { TemplateDevice } from './values.js';

const limits = { maxSteps: 500, maxOutput: 300, maxDepth: 8 };

const names = [
  'upper',
  'lower',
  'replace',
  'index',
  'getOrDefault',
  'printf',
  'eq',
  'lt',
  'and',
  'or',
  'not',
];
const paths = [
  '.',
  '$',
  '.metadata',
  '.metadata.name',
  '$.metadata.labels',
  '.metadata.labels.site',
];

const pieces = [
  ['{{', '}}', '{{-', '-}}', '{{ ', ' }}', '{{- ', ' -}}', '/*', '*/', '{', '}'],
  ['if', 'else', 'else if', 'end', 'with', 'range', 'else with'],
  names,
  paths,
  ['.constructor', '.__proto__', '"__proto__"', '"constructor"', 'toString'],
  ['"a"', '`b`', '"', '`', "'", '"%s%v%05d%999s%.20f%x%q"', '0', '-1', '1.5', '99999999999999999'],
  [' ', '\n', '|', '(', ')', ':=', ',', '\\', '\u0000', '\ud800', 'é', '𝒳'],
];
const soup = fc
  .array(fc.oneof(fc.constantFrom(...pieces.flat()), fc.string({ unit: 'binary', maxLength: 5 })))
  .map((parts) => parts.join(''));

/** Mostly well-formed expressions, so that evaluation is reached often. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...paths, '"__proto__"', '"constructor"', '"aa"', '7', 'true', '""'),
    fc
      .tuple(
        fc.constantFrom(...names, 'ne', 'le', 'gt', 'ge'),
        fc.array(tie('expression'), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, values]) => `(${name} ${values.join(' ')})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('upper', 'not', 'printf "%v%9v"', 'replace "a" "aaaa"'),
      )
      .map(([value, name]) => `(${value} | ${name})`),
  ),
}));
const formed = fc
  .array(
    fc.oneof(
      expression.map((value) => `{{ ${value} }}`),
      expression.map((value) => `{{ if ${value} }}a{{ else }}b{{ end }}`),
      expression.map((value) => `{{- with ${value} -}} {{ . }} {{ end }}`),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('-'));

const someDevice: fc.Arbitrary<TemplateDevice> = fc.record({
  name: fc.string(),
  labels: fc.dictionary(
    fc.oneof(fc.constantFrom('site', '__proto__', 'constructor'), fc.string()),
    fc.string(),
  ),
});

/** The text, or the error; any other error fails the property. */
function outcome(text: string, device: TemplateDevice): string | TemplateError {
  try {
    return expand(text, device, limits);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function check(text: string, device: TemplateDevice): void {
  const result = outcome(text, device);
  if (typeof result === 'string') {
    if (text.includes('{{')) expect(result.length).toBeLessThanOrEqual(limits.maxOutput);
  } else {
    expect(result.position.offset).toBeLessThanOrEqual(text.length);
  }
  expect(outcome(text, device)).toEqual(result);
}

it('throws nothing but a TemplateError, stays bounded, and answers the same again', () => {
  fc.assert(fc.property(soup, someDevice, check), { seed: 1, numRuns: 5_000 });
  fc.assert(fc.property(formed, someDevice, check), { seed: 1, numRuns: 5_000 });
});

it('keeps text without actions, and puts any name and label in unchanged', () => {
  fc.assert(
    fc.property(fc.string(), someDevice, (text, { name, labels }) => {
      const device = { name, labels: { ...labels, site: text } };
      expect(expand(text.replaceAll('{{', ''), device)).toBe(text.replaceAll('{{', ''));
      expect(expand('{{ .metadata.name }}|{{ .metadata.labels.site }}', device)).toBe(
        `${name}|${text}`,
      );
    }),
    { seed: 2 },
  );
});

it('gives every own label and its default otherwise, whatever its key is called', () => {
  const keys = fc.constantFrom('__proto__', 'constructor', 'toString', 'site');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.string()), keys, (labels, key) => {
      const text = `{{ getOrDefault .metadata.labels "${key}" "absent" }}`;
      const expected = Object.hasOwn(labels, key) ? labels[key] : 'absent';
      expect(expand(text, { name: 'a', labels })).toBe(expected);
    }),
    { seed: 3 },
  );
});
