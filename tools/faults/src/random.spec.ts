import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

const ten = (random: Random) => Array.from({ length: 10 }, () => random.between(1, 1_000));

describe('Random', () => {
  it('repeats its choices for the same seed, and makes others for another', () => {
    expect(ten(new Random(7))).toEqual(ten(new Random(7)));
    expect(ten(new Random(7))).not.toEqual(ten(new Random(8)));
  });

  it('stays within its bounds, and reaches them', () => {
    const random = new Random(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 5)));
    expect([...drawn].sort()).toEqual([3, 4, 5]);
  });

  it('shuffles without losing anything', () => {
    const items = ['a', 'b', 'c', 'd'];
    expect(new Random(2).shuffled(items).sort()).toEqual(items);
  });
});
