import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.js';
import { changesOf } from './changes.js';

describe('changesOf', () => {
  it('names each place that differs, by its pointer', () => {
    const before = { os: { image: 'a:1' }, config: [{ name: 'x' }, { name: 'y' }], 'a/b~c': 1 };
    const after = { os: { image: 'a:2' }, config: [{ name: 'x', more: 1 }], 'a/b~c': 2, extra: {} };
    expect(changesOf(before, after, 10)).toEqual([
      { what: 'changed', path: '/os/image' },
      { what: 'added', path: '/config/0/more' },
      { what: 'removed', path: '/config/1' },
      { what: 'changed', path: '/a~1b~0c' },
      { what: 'added', path: '/extra' },
    ]);
  });

  it('tells a list from an object, and null from nothing', () => {
    expect(changesOf({ a: [] }, { a: {} }, 10)).toEqual([{ what: 'changed', path: '/a' }]);
    expect(changesOf({ a: null }, {}, 10)).toEqual([{ what: 'removed', path: '/a' }]);
    expect(changesOf(1, 2, 10)).toEqual([{ what: 'changed', path: '' }]);
  });

  it('stops at the limit', () => {
    const long = Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`k${key}`, key]));
    expect(changesOf({}, long, 7)).toHaveLength(7);
  });

  it('is empty exactly for values that are the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        const same = canonicalJson(before) === canonicalJson(after);
        expect(changesOf(before, after, 100).length === 0).toBe(same);
        expect(changesOf(before, structuredClone(before), 100)).toEqual([]);
      }),
    );
  });
});
