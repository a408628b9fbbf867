import { describe, expect, it } from '@jest/globals';
import { checkTemplate, expand, hasParameters } from './expand.js';
import { defaultTemplateLimits } from './limits.js';
import { TemplateError } from './template-error.js';

const device = {
  name: 'edge-01',
  labels: { site: 'Lyon', tier: 'edge', blank: '', 'example.com/rack': 'r7', level: '10' },
};

function failure(text: string, limits = defaultTemplateLimits): TemplateError {
  try {
    expand(text, device, limits);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`no error for ${text}`);
}

describe('values', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{ } }} % $', '{ } }} % $'],
    ['{{ .metadata.name }}', 'edge-01'],
    ['{{.metadata.name}}', 'edge-01'],
    ['a-{{ .metadata.labels.site }}-b{{ .metadata.labels.blank }}', 'a-Lyon-b'],
    ['{{ index .metadata.labels "example.com/rack" }}', 'r7'],
    ['{{ index . "metadata" "labels" "site" }}', 'Lyon'],
    ['{{ getOrDefault .metadata.labels "site" "none" }}', 'Lyon'],
    ['{{ getOrDefault .metadata.labels "zone" "none" }}', 'none'],
    ['{{ "none" | getOrDefault .metadata.labels "zone" }}', 'none'],
    ['{{ $.metadata.name }}', 'edge-01'],
    ['{{ "a\\"b\\\\\\n\\u00e9" }}', 'a"b\\\né'],
    ['{{ `a\\n` }}', 'a\\n'],
    ['{{ 42 }} {{ -1.5 }} {{ +3 }} {{ true }}', '42 -1.5 3 true'],
  ])('%s', (text, expected) => {
    expect(expand(text, device)).toBe(expected);
  });
});

describe('functions', () => {
  it.each([
    ['{{ upper .metadata.labels.site }}', 'LYON'],
    ['{{ .metadata.labels.site | lower }}', 'lyon'],
    ['{{ replace "-" "_" .metadata.name }}', 'edge_01'],
    ['{{ .metadata.name | replace "e" "$&" | upper }}', '$&DG$&-01'],
    ['{{ eq .metadata.labels.site "Lyon" }}', 'true'],
    ['{{ eq .metadata.labels.site "Nice" "Lyon" }}', 'true'],
    ['{{ ne 1 2 }}', 'true'],
    ['{{ lt "a" "b" }} {{ le 2 2 }} {{ gt 10 9 }} {{ ge "a" "b" }}', 'true true true false'],
    ['{{ lt .metadata.labels.level "9" }}', 'true'],
    ['{{ and true (eq 1 1) "last" }}', 'last'],
    ['{{ and .metadata.labels.blank .metadata.labels.zone }}', ''],
    ['{{ or "" "second" .metadata.labels.zone }}', 'second'],
    ['{{ false | or 0 }}', 'false'],
    ['{{ not .metadata.labels.blank }}', 'true'],
    [
      '{{ printf "%s-%05d|%-4s|%5.2f|%x|%X|%q|%t|%v%%" "a" -42 "b" 1.239 "hi" 255 "q" true 7 }}',
      'a--0042|b   | 1.24|6869|FF|"q"|true|7%',
    ],
    ['{{ .metadata.name | printf "%.4s" }}', 'edge'],
    ['{{ printf "%%%s%%%s" "a" "b" }}', '%a%b'],
    ['{{ printf "%s" (printf "%s" (upper "x")) }}', 'X'],
  ])('%s', (text, expected) => {
    expect(expand(text, device)).toBe(expected);
  });
});

describe('blocks', () => {
  it.each([
    ['{{ if eq .metadata.labels.tier "edge" }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ if .metadata.labels.blank }}yes{{ else }}no{{ end }}', 'no'],
    ['{{ if false }}a{{ else if eq 1 1 }}b{{ else }}c{{ end }}', 'b'],
    ['{{ if false }}a{{ else if false }}b{{ else }}c{{ end }}', 'c'],
    ['{{ if false }}a{{ end }}', ''],
    ['{{ if true }}{{ if false }}a{{ else }}b{{ end }}c{{ end }}', 'bc'],
    ['{{ with .metadata.labels }}{{ .site }} of {{ $.metadata.name }}{{ end }}', 'Lyon of edge-01'],
    ['{{ with "" }}a{{ else }}b{{ end }}', 'b'],
    ['{{ with "" }}a{{ else with "c" }}{{ . }}{{ end }}', 'c'],
    ['{{ if .metadata.labels }}{{ .metadata.name }}{{ end }}', 'edge-01'],
  ])('%s', (text, expected) => {
    expect(expand(text, device)).toBe(expected);
  });
});

describe('white space and comments', () => {
  it.each([
    ['a \n {{- "b" -}} \t c', 'abc'],
    ['a {{ "b" }} c', 'a b c'],
    ['a{{/* {{ range }} */}}b', 'ab'],
    ['a {{- /* note */ -}} b', 'ab'],
    ['{{- -3 -}}', '-3'],
    ['{{-3}}', '-3'],
    ['a\u00a0{{- "b" }}', 'a\u00a0b'],
  ])('%j', (text, expected) => {
    expect(expand(text, device)).toBe(expected);
  });
});

describe('refusals', () => {
  it('names the missing label and its place', () => {
    const error = failure('one\n  {{ .metadata.labels.zone }}');
    expect(error).toMatchObject({
      code: 'template-missing-key',
      retryable: false,
      key: 'zone',
      position: { offset: 9, line: 2, column: 6 },
      message: 'line 2, column 6: there is no key "zone" in ".metadata.labels"',
    });
  });

  it.each([
    ['{{ index .metadata.labels "zone" }}', 'zone'],
    ['{{ .status }}', 'status'],
    ['{{ .metadata.labels.constructor }}', 'constructor'],
    ['{{ .metadata.labels.__proto__ }}', '__proto__'],
    ['{{ index .metadata.labels "toString" }}', 'toString'],
    ['{{ .constructor.constructor }}', 'constructor'],
  ])('%s: missing key', (text, key) => {
    expect(failure(text)).toMatchObject({ code: 'template-missing-key', key });
  });

  it.each([
    '{{ range .metadata.labels }}{{ end }}',
    '{{ define "a" }}{{ end }}',
    '{{ template "a" }}',
    '{{ block "a" . }}{{ end }}',
    '{{ break }}',
    '{{ nil }}',
    '{{ $x := 1 }}',
    '{{ $x }}',
    "{{ 'a' }}",
    '{{ html "a" }}',
    '{{ constructor "a" }}',
    '{{ call .metadata.name }}',
    '{{ printf "%z" 1 }}',
  ])('%s: unsupported', (text) => {
    expect(failure(text).code).toBe('template-unsupported');
  });

  it('names what is unsupported', () => {
    expect(failure('{{ range . }}').message).toBe('line 1, column 4: "range" is not supported');
  });

  it.each([
    '{{',
    '{{ }}',
    '{{ .metadata.name',
    '{{ .metadata.name }',
    '{{ "a }}',
    '{{ "a\\q" }}',
    '{{ "\\ud800" }}',
    '{{ `a }}',
    '{{/* a',
    '{{/* a */ }}',
    '{{ .metadata.labels.my-label }}',
    '{{ .metadata..name }}',
    '{{ (upper "a" }}',
    '{{ upper "a") }}',
    '{{ printf("a") }}',
    '{{ (index .metadata "labels").site }}',
    '{{ "a" | }}',
    '{{ if }}a{{ end }}',
    '{{ if true }}a',
    '{{ if true }}a{{ else }}b{{ else }}c{{ end }}',
    '{{ if true }}a{{ else with true }}b{{ end }}',
    '{{ end }}',
    '{{ else }}',
    '{{ end if }}',
    '{{ # }}',
  ])('%s: syntax', (text) => {
    expect(failure(text).code).toBe('template-syntax');
  });

  it.each([
    '{{ . }}',
    '{{ .metadata.labels }}',
    '{{ .metadata.name.first }}',
    '{{ .metadata.name "a" }}',
    '{{ "a" | .metadata.name }}',
    '{{ upper 1 }}',
    '{{ upper }}',
    '{{ upper "a" "b" }}',
    '{{ upper lower }}',
    '{{ replace "" "a" "b" }}',
    '{{ index .metadata.labels 1 }}',
    '{{ getOrDefault .metadata.name "a" "b" }}',
    '{{ eq "1" 1 }}',
    '{{ eq . . }}',
    '{{ lt true false }}',
    '{{ and }}',
    '{{ printf "%d" "a" }}',
    '{{ printf "%d" 1.5 }}',
    '{{ printf "%s" }}',
    '{{ printf "a" "b" }}',
    '{{ printf "%v" . }}',
  ])('%s: type', (text) => {
    expect(failure(text).code).toBe('template-type');
  });
});

describe('limits', () => {
  it('bounds the output', () => {
    const limits = { ...defaultTemplateLimits, maxOutput: 10 };
    expect(expand('{{ .metadata.name }}abc', device, limits)).toBe('edge-01abc');
    expect(failure('{{ .metadata.name }}abcd', limits).code).toBe('template-limit');
  });

  it('bounds values on the way, before they are made', () => {
    const growth = ` | replace "a" "${'a'.repeat(1_000)}"`.repeat(5);
    expect(failure(`{{ "a"${growth} | eq "b" }}`).code).toBe('template-limit');
  });

  it('bounds the steps', () => {
    const limits = { ...defaultTemplateLimits, maxSteps: 20 };
    expect(expand('{{ 1 }}'.repeat(10), device, limits)).toBe('1'.repeat(10));
    expect(failure('{{ 1 }}'.repeat(11), limits).code).toBe('template-limit');
  });

  it('bounds the nesting, also far beyond the stack', () => {
    const blocks = (depth: number): string =>
      `${'{{ if true }}'.repeat(depth)}x${'{{ end }}'.repeat(depth)}`;
    expect(expand(blocks(64), device)).toBe('x');
    expect(failure(blocks(65)).code).toBe('template-limit');
    expect(failure(`{{ ${'('.repeat(1_000_000)} }}`).code).toBe('template-limit');
  });

  it.each(['{{ 9007199254740993 }}', '{{ printf "%.21f" 1.5 }}'])('%s', (text) => {
    expect(failure(text).code).toBe('template-limit');
  });
});

it('knows which texts have parameters', () => {
  expect(hasParameters('{{ .metadata.name }}')).toBe(true);
  expect(hasParameters('{ "a": {} }')).toBe(false);
});

it('checks a text without a device', () => {
  expect(() => checkTemplate('{{ .metadata.labels.anything }}')).not.toThrow();
  expect(() => checkTemplate('{{ range . }}')).toThrow(TemplateError);
});
