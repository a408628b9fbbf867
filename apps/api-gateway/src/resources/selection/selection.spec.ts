import { describe, expect, it } from '@jest/globals';
import { Parameters } from './parameters.js';
import { devices, repositories } from './selectables.js';
import { Selection } from './selection.js';

const scope = { 'r.org': '00000000-0000-0000-0000-000000000001' };

function statementOf(query: Record<string, string>, selectable = devices) {
  const parameters = new Parameters();
  const sql = Selection.of(selectable, query).condition(scope, parameters);
  return { sql, values: parameters.values };
}

const hostile = [
  "' or 1=1 --",
  "'; drop table gateway.devices; --",
  '$1',
  '$$',
  '"}}',
  '\\',
  '?',
  'x\u2028y',
  '%',
  '{"a":{}}',
  "E'\\x27'",
  '/*',
  '',
];

/** Every character that may mean something is written as itself. */
const escaped = (text: string): string => text.replaceAll(/[\s,()=!<>\\]/g, '\\$&');

describe('what users write', () => {
  it.each(hostile)('is in the parameters and never in the statement: %j', (text) => {
    for (const form of ['=', '!=', ' contains ', ' notcontains ', '>', '<=']) {
      const harmless = statementOf({ fieldSelector: `spec.url${form}abc` }, repositories);
      const asked = { fieldSelector: `spec.url${form}${escaped(text)}` };
      const { sql, values } = statementOf(asked, repositories);
      expect(sql).toBe(harmless.sql);
      expect(values.flat()).toContain(text);
    }
    const list = { fieldSelector: `spec.url in (${escaped(text)},abc)` };
    expect(statementOf(list, repositories).values.at(-1)).toEqual([text, 'abc']);
  });

  it('of labels is in the parameters too, below the organisation where an index has it so', () => {
    const { sql, values } = statementOf({ labelSelector: 'k=abc,!other,(k,l)!=(d,e)' });
    expect(sql).not.toMatch(/abc|other|[^r]\.k\b/);
    expect(values).toEqual([
      scope['r.org'],
      [JSON.stringify({ [scope['r.org']]: { k: 'abc' } })],
      'other',
      [JSON.stringify({ k: 'd', l: 'e' })],
    ]);
  });

  it('has one statement for values of any number', () => {
    const few = statementOf({ labelSelector: 'k in (a)', fieldSelector: 'metadata.name in (a)' });
    const many = { labelSelector: 'k in (a,b,c)', fieldSelector: 'metadata.name in (a,b,c)' };
    expect(statementOf(many).sql).toBe(few.sql);
  });

  it('names fields that every object inherits, and is refused', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      const asked = { fieldSelector: `${name}=a` };
      expect(() => statementOf(asked)).toThrow(`cannot select by ${name}; there are metadata.name`);
    }
  });
});
