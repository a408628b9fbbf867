import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTemplate, expand } from './expand.js';
import { TemplateError } from './template-error.js';

function refusal(text: string): TemplateError | undefined {
  try {
    checkTemplate(text);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

it.each([
  'no action, {{/* a comment */}}',
  '{{ .metadata.labels.anything }}',
  '{{ index .metadata "labels" "example.com/rack" | upper }}',
  '{{ index .metadata (lower "LABELS") "site" }}',
  '{{ with index .metadata (lower "LABELS") }}{{ .site }}{{ end }}',
  '{{ getOrDefault .metadata "zone" "none" }}',
  '{{ (getOrDefault .metadata.labels "zone" "none") | printf "%s-%s" .metadata.name }}',
  '{{ with .metadata.labels }}{{ .site }}{{ $.metadata.name }}{{ else }}{{ .metadata.name }}{{ end }}',
  '{{ with .metadata.name }}{{ . }}{{ end }}',
  '{{ with or .metadata.labels.zone .metadata }}{{ .name }}{{ end }}',
  '{{ if and .metadata.labels (not false) }}{{ 1 }}{{ else if eq 1 2 }}{{ true }}{{ end }}',
  '{{ true | and | or }}',
])('%s: may go well', (text) => {
  expect(refusal(text)).toBeUndefined();
});

it.each([
  ['{{ .status }}', 'status', 'there is no key "status" in "."'],
  ['{{ .metadata.uid }}', 'uid', 'there is no key "uid" in ".metadata"'],
  ['{{ index . "spec" }}', 'spec', 'there is no key "spec"'],
  ['{{ with .metadata }}{{ .labels.site }}{{ .site }}{{ end }}', 'site', 'in "."'],
  ['{{ if false }}{{ $.metadata.annotations.a }}{{ end }}', 'annotations', 'in ".metadata"'],
  ['{{ if true }}{{ else }}{{ upper .name }}{{ end }}', 'name', 'in "."'],
  ['{{ or "a" (lower .metadata.zone) }}', 'zone', 'in ".metadata"'],
  ['{{ .metadata.labels.site | eq .other }}', 'other', 'in "."'],
])('%s: a key that no device has', (text, key, message) => {
  const found = refusal(text);
  expect(found).toMatchObject({ code: 'template-missing-key', key });
  expect(found?.message).toContain(message);
});

it.each([
  ['{{ .metadata.name.first }}', '".metadata.name" is a text, not a map'],
  ['{{ with eq 1 1 }}{{ .a }}{{ end }}', '"." is a truth value, not a map'],
  ['{{ with 7 }}{{ .a }}{{ end }}', '"." is a number, not a map'],
  ['{{ .metadata }}', 'a map cannot be printed'],
  ['{{ upper }}', '"upper" takes 1 arguments, but has 0'],
  ['{{ "a" | replace "b" }}', '"replace" takes 3 arguments, but has 2'],
  ['{{ and }}', '"and" needs an argument'],
])('%s: a type that no device helps', (text, message) => {
  expect(refusal(text)).toMatchObject({ code: 'template-type' });
  expect(refusal(text)?.message).toContain(message);
});

const operands = ['.', '$', '.metadata', '.metadata.name', '.metadata.labels.site', '.site', '"a"'];
const functions = ['upper', 'index', 'getOrDefault', 'eq', 'not', 'printf', 'replace'];
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...operands, '"metadata"', '"labels"', '7', 'true'),
    fc
      .tuple(fc.constantFrom(...functions), fc.array(tie('expression'), { maxLength: 3 }))
      .map(([name, values]) => `(${[name, ...values].join(' ')})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('upper', 'not', 'printf "%v"'))
      .map(([value, name]) => `(${value} | ${name})`),
  ),
}));
const labels = fc.dictionary(fc.constantFrom('site', 'metadata', 'labels', 'name'), fc.string());

it('refuses nothing that goes well for some device', () => {
  const property = fc.property(expression, labels, (value, found) => {
    const text = `{{ with ${value} }}{{ . }}{{ end }}{{ ${value} }}`;
    try {
      expand(text, { name: 'edge', labels: found });
    } catch {
      return;
    }
    expect(refusal(text)).toBeUndefined();
  });
  fc.assert(property, { seed: 5, numRuns: 5_000 });
});
