import { describe, expect, it } from '@jest/globals';
import { TooSlow } from '../../until.js';
import { follow, pauseFor, type Following } from './follow.js';

const following = (counts: number[], changes: Partial<Following> = {}): Following => ({
  ...{ what: 'arriving', total: 3, withinMs: 60_000 },
  count: async () => counts.shift() ?? 3,
  say: () => undefined,
  check: () => undefined,
  missing: async () => 'the third',
  ...changes,
});

describe('following', () => {
  it('ends when all have arrived', async () => {
    const counts = [0, 3, 4];
    expect(await follow(following(counts, { withinMs: 60_000 }))).toBeGreaterThan(0);
    expect(counts).toEqual([4]);
  });

  it('says what is missing when it takes too long', async () => {
    const failure = await follow(following([2], { withinMs: -1 })).catch((error) => error);
    expect(failure).toBeInstanceOf(TooSlow);
    expect(failure.message).toMatch(/arriving: 2 of 3 .* missing: the third/);
  });

  it('gives up when waiting is no use', async () => {
    const check = () => {
      throw new Error('ended');
    };
    await expect(follow(following([2], { check }))).rejects.toThrow('ended');
  });

  it('looks seldom on the way, and often near the end', () => {
    expect(pauseFor(0, 1_000, 5)).toBe(20);
    expect(pauseFor(0, 1_000, 90_000)).toBe(1_000);
    expect(pauseFor(500, 1_000, 400)).toBe(200);
    expect(pauseFor(999, 1_000, 4_000)).toBe(20);
  });
});
