import { describe, expect, it } from '@jest/globals';
import type { Labels, LabelSelector, MatchExpression } from '@skein/domain-resource';
import { matches } from '@skein/domain-resource';
import fc from 'fast-check';
import { requirementsOf } from './requirements.js';

const site = { site: 'lyon' };
const inValues = (key: string, ...values: string[]): MatchExpression => ({
  key,
  operator: 'In',
  values,
});

describe('requirementsOf', () => {
  it('has nothing for a selector that matches nothing', () => {
    expect(requirementsOf(null)).toBeUndefined();
    expect(requirementsOf({ matchLabels: {}, matchExpressions: [] })).toBeUndefined();
  });

  it('asks for all of matchLabels with each value of the narrowest In', () => {
    const matchExpressions = [inValues('tier', 'a', 'b', 'c'), inValues('rack', '1', '2', '1')];
    expect(requirementsOf({ matchLabels: site, matchExpressions })).toEqual({
      anyOf: [
        { ...site, rack: '1' },
        { ...site, rack: '2' },
      ],
      keys: ['site', 'tier', 'rack'],
    });
  });

  it('names no values where the selector has no positive ones', () => {
    const matchExpressions: MatchExpression[] = [
      { key: 'old', operator: 'DoesNotExist' },
      { key: 'site', operator: 'NotIn', values: ['nice'] },
    ];
    expect(requirementsOf({ matchExpressions })).toEqual({ anyOf: null, keys: [] });
    const exists: MatchExpression = { key: 'gpu', operator: 'Exists' };
    expect(requirementsOf({ matchExpressions: [exists] })).toEqual({ anyOf: null, keys: ['gpu'] });
  });

  it('does not look up a list of very many values', () => {
    const many = inValues('rack', ...Array.from({ length: 101 }, (_, n) => `${n}`));
    expect(requirementsOf({ matchExpressions: [many] })).toEqual({ anyOf: null, keys: ['rack'] });
  });
});

const key = fc.constantFrom('a', 'b', '__proto__', 'constructor');
const value = fc.constantFrom('', 'x', 'y');
const labels = fc.dictionary(key, value, { maxKeys: 4 });
const expression: fc.Arbitrary<MatchExpression> = fc.record({
  key,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.array(value, { maxLength: 3 }),
});
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
  matchExpressions: fc.array(expression, { maxLength: 3 }),
});

function has(device: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([k, v]) => Object.hasOwn(device, k) && device[k] === v);
}

it('is met by every device that the selector matches', () => {
  fc.assert(
    fc.property(selector, labels, (selecting, device) => {
      fc.pre(matches(selecting, device));
      const requirements = requirementsOf(selecting)!;
      expect(requirements.keys.every((k) => Object.hasOwn(device, k))).toBe(true);
      expect(requirements.anyOf?.some((wanted) => has(device, wanted)) ?? true).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
