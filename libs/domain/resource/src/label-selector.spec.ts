import { describe, expect, it } from '@jest/globals';
import type { LabelSelector } from './label-selector.js';
import { isEmptySelector, matches, selectorProblems } from './label-selector.js';

const labels = { site: 'lyon', tier: 'edge', blank: '' };

describe('matches', () => {
  it.each<[string, LabelSelector | null | undefined, boolean]>([
    ['an absent selector', undefined, false],
    ['a null selector', null, false],
    ['an empty selector', {}, false],
    ['empty requirements', { matchLabels: {}, matchExpressions: [] }, false],
    ['an equal label', { matchLabels: { site: 'lyon' } }, true],
    ['one of two labels different', { matchLabels: { site: 'lyon', tier: 'core' } }, false],
    ['an empty value', { matchLabels: { blank: '' } }, true],
    ['an empty value without the label', { matchLabels: { other: '' } }, false],
    [
      'In with the value',
      { matchExpressions: [{ key: 'site', operator: 'In', values: ['nice', 'lyon'] }] },
      true,
    ],
    [
      'In without the value',
      { matchExpressions: [{ key: 'site', operator: 'In', values: ['nice'] }] },
      false,
    ],
    [
      'In without the label',
      { matchExpressions: [{ key: 'other', operator: 'In', values: ['nice'] }] },
      false,
    ],
    ['In without values', { matchExpressions: [{ key: 'site', operator: 'In' }] }, false],
    [
      'NotIn with the value',
      { matchExpressions: [{ key: 'site', operator: 'NotIn', values: ['lyon'] }] },
      false,
    ],
    [
      'NotIn with another value',
      { matchExpressions: [{ key: 'site', operator: 'NotIn', values: ['nice'] }] },
      true,
    ],
    [
      'NotIn without the label',
      { matchExpressions: [{ key: 'other', operator: 'NotIn', values: ['nice'] }] },
      true,
    ],
    ['Exists', { matchExpressions: [{ key: 'blank', operator: 'Exists' }] }, true],
    [
      'Exists without the label',
      { matchExpressions: [{ key: 'other', operator: 'Exists' }] },
      false,
    ],
    ['DoesNotExist', { matchExpressions: [{ key: 'other', operator: 'DoesNotExist' }] }, true],
    [
      'DoesNotExist with the label',
      { matchExpressions: [{ key: 'site', operator: 'DoesNotExist' }] },
      false,
    ],
    [
      'an inherited member',
      { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
      false,
    ],
    [
      'an unknown operator',
      { matchExpressions: [{ key: 'site', operator: 'toString' as 'In' }] },
      false,
    ],
    [
      'labels that hold and an expression that does not',
      {
        matchLabels: { site: 'lyon' },
        matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }],
      },
      false,
    ],
    [
      'labels and expressions that hold',
      { matchLabels: { site: 'lyon' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      true,
    ],
  ])('%s', (_name, selector, expected) => {
    expect(matches(selector, labels)).toBe(expected);
  });
});

it('knows an empty selector', () => {
  expect(isEmptySelector({ matchLabels: {} })).toBe(true);
  expect(isEmptySelector({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })).toBe(false);
});

describe('selectorProblems', () => {
  it('finds nothing wrong with a valid selector', () => {
    const selector: LabelSelector = {
      matchLabels: { 'example.com/site': 'lyon', blank: '' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['edge'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    };
    expect(selectorProblems(selector)).toEqual([]);
  });

  it('names every fault and its place', () => {
    const problems = selectorProblems({
      matchLabels: { 'no good': 'lyon' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: [] },
        { key: 'tier', operator: 'Exists', values: ['a'] },
        { key: 'tier', operator: 'Like' as 'In', values: ['a'] },
        { key: 'tier', operator: 'NotIn', values: ['-a'] },
      ],
    });
    expect(problems).toEqual([
      expect.stringContaining('matchLabels: label key "no good"'),
      'matchExpressions[0]: In needs at least one value',
      'matchExpressions[1]: Exists takes no values',
      expect.stringContaining('matchExpressions[2]: operator "Like"'),
      expect.stringContaining('matchExpressions[3]: label value "-a"'),
    ]);
  });
});
