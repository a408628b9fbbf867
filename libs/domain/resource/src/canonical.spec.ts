import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, digestOf, sameJson } from './canonical.js';

/** The same value with the members of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([key, member]) => [key, reversed(member)]));
}

describe('canonicalJson', () => {
  it('sorts members and leaves out what is absent', () => {
    const value = { b: [1, undefined, { d: null, c: 'ü\n' }], a: true, gone: undefined };
    expect(canonicalJson(value)).toBe('{"a":true,"b":[1,null,{"c":"ü\\n","d":null}]}');
  });

  it('writes dates as JSON does', () => {
    expect(canonicalJson({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });

  it('means the same as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('sameJson', () => {
  it('sees no order of members, and every other difference', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(sameJson(one, reversed(one))).toBe(true);
        expect(sameJson(one, other)).toBe(canonicalJson(one) === canonicalJson(other));
      }),
    );
  });

  it('takes an absent member and one that is undefined for the same', () => {
    expect(sameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameJson([undefined], [null])).toBe(true);
    expect(sameJson({ a: null }, {})).toBe(false);
  });
});

describe('digestOf', () => {
  it('is SHA-256 over the canonical JSON', () => {
    expect(digestOf({})).toBe(
      'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });

  it('tells different values apart', () => {
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }));
  });
});
