import { describe, expect, it } from '@jest/globals';
import { jsonPatch } from './json-patch.js';
import { mergePatch } from './merge-patch.js';

const after = (document: unknown, ...patch: unknown[]) => jsonPatch(document, patch);

describe('JSON Patch', () => {
  it.each([
    ['adds a member', { a: 1 }, [{ op: 'add', path: '/b', value: [] }], { a: 1, b: [] }],
    ['adds in the place of one', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['adds into a list', { a: [1, 2] }, [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9, 2] }],
    ['adds at its end', { a: [1] }, [{ op: 'add', path: '/a/1', value: 9 }], { a: [1, 9] }],
    ['adds after its end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 9 }], { a: [1, 9] }],
    [
      'replaces',
      { a: { b: 1 } },
      [{ op: 'replace', path: '/a/b', value: null }],
      { a: { b: null } },
    ],
    ['replaces in a list', [1, 2], [{ op: 'replace', path: '/0', value: 3 }], [3, 2]],
    ['removes', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['removes from a list', [1, 2, 3], [{ op: 'remove', path: '/1' }], [1, 3]],
    [
      'unescapes',
      { 'a/b': 1, '~': 2, '~1': 3 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'remove', path: '/~0' },
        { op: 'replace', path: '/~01', value: 4 },
      ],
      { '~1': 4 },
    ],
    [
      'knows the empty name',
      { '': { '': 1 } },
      [{ op: 'replace', path: '//', value: 2 }],
      { '': { '': 2 } },
    ],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: 2 }], 2],
    [
      'tests without looking at order',
      { a: { b: 1, c: [2] } },
      [{ op: 'test', path: '/a', value: { c: [2], b: 1 } }],
      { a: { b: 1, c: [2] } },
    ],
    [
      'goes step by step',
      {},
      [
        { op: 'add', path: '/a', value: {} },
        { op: 'add', path: '/a/constructor', value: 1 },
        { op: 'test', path: '/a/constructor', value: 1 },
      ],
      { a: { constructor: 1 } },
    ],
  ])('%s', (_what, document, patch, result) => {
    expect(jsonPatch(document, patch)).toEqual(result);
  });

  it.each([
    ['/b', 'replace'],
    ['/b', 'remove'],
    ['/b', 'test'],
    ['/b/c', 'add'],
    ['/a/b', 'add'],
    ['/l/2', 'add'],
    ['/l/1', 'replace'],
    ['/l/-', 'replace'],
    ['/l/01', 'add'],
    ['/l/-1', 'add'],
    ['/l/1e0', 'add'],
    ['/l/4294967295', 'add'],
    [`/l/${'9'.repeat(400)}`, 'add'],
    ['/l/length', 'replace'],
    ['/toString', 'replace'],
    ['/constructor/prototype/x', 'add'],
    ['/__proto__/x', 'add'],
    ['/__proto__', 'add'],
    ['/l/__proto__/x', 'add'],
    ['a', 'add'],
    ['/a~2', 'add'],
    [`${'/a'.repeat(513)}`, 'add'],
    [`${'/a'.repeat(512)}`, 'add'],
  ])('there is no path %s to %s', (path, op) => {
    const document = { a: 1, l: [1] };
    const operations = [
      { op: 'test', path: '/a', value: 1 },
      { op, path, value: 2 },
    ];
    expect(() => jsonPatch(document, operations)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        message: expect.stringContaining(`operation 1 (${op} ${path}): `),
      }),
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(document).toEqual({ a: 1, l: [1] });
  });

  it('refuses what is no operation, and names each', () => {
    const flawed = [
      null,
      { op: 'move', from: '/a', path: '/b' },
      { op: 'add', path: '/b' },
      { op: 'add', path: 1, value: 1 },
      { op: 'remove', path: '/a', from: '/b' },
    ];
    expect(() => after({}, ...flawed)).toThrow(
      /^operation 0: must be.*; operation 1: op must.*; operation 2: value.*; operation 3: path.*; operation 4: from/,
    );
    expect(() => jsonPatch({}, { op: 'remove', path: '/a' })).toThrow('a JSON Patch is a list');
  });

  it('takes a hundred operations, and no more', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ op: 'add', path: '/a', value: n }));
    expect(jsonPatch({}, many(100))).toEqual({ a: 99 });
    expect(() => jsonPatch({}, many(101))).toThrow('has 101 operations');
  });

  it('a test that fails is a conflict', () => {
    expect(() => after({ a: 1 }, { op: 'test', path: '/a', value: '1' })).toThrow(
      expect.objectContaining({
        code: 'conflict',
        message: expect.stringContaining('operation 0 (test /a)'),
      }),
    );
  });
});

describe('JSON Merge Patch', () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j', (document, patch, result) => {
    expect(mergePatch(document, patch)).toEqual(result);
  });

  it('puts nothing into a prototype', () => {
    mergePatch(
      { a: {} },
      JSON.parse('{"__proto__":{"x":1},"a":{"constructor":{"prototype":{"x":1}}}}'),
    );
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
