import { describe, expect, it } from '@jest/globals';
import { labelKeyProblems, labelsProblems, labelValueProblems, nameProblems } from './names.js';

describe('nameProblems', () => {
  it.each(['a', 'edge-01', 'a.b-c.d', '0', 'a'.repeat(253)])('accepts %s', (name) => {
    expect(nameProblems(name)).toEqual([]);
  });

  it.each(['', 'A', '-a', 'a-', 'a..b', '.a', 'a_b', 'a b', 'a\n', 'a/b', 'a'.repeat(254)])(
    'refuses %j',
    (name) => {
      expect(nameProblems(name)).toHaveLength(1);
    },
  );
});

describe('label rules', () => {
  it.each(['site', 'Site_1.x', 'example.com/site', 'a'.repeat(63), `${'a'.repeat(253)}/b`])(
    'accepts the key %s',
    (key) => {
      expect(labelKeyProblems(key)).toEqual([]);
    },
  );

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'Example.com/site',
    'a/b/c',
    '-a',
    'a'.repeat(64),
    `${'a'.repeat(254)}/b`,
  ])('refuses the key %j', (key) => {
    expect(labelKeyProblems(key)).toHaveLength(1);
  });

  it.each(['', 'lyon', 'A.b_c-1', 'a'.repeat(63)])('accepts the value %j', (value) => {
    expect(labelValueProblems(value)).toEqual([]);
  });

  it.each(['-a', 'a.', 'a b', 'é', 'a/b', 'a'.repeat(64)])('refuses the value %j', (value) => {
    expect(labelValueProblems(value)).toHaveLength(1);
  });

  it('names the label whose value is wrong', () => {
    expect(labelsProblems({ site: 'a b', tier: 'edge' })).toEqual([
      expect.stringContaining('label "site"'),
    ]);
  });
});
