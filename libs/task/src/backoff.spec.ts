import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

const HOUR_MS = 3_600_000;
const failed = fc.integer({ min: 1, max: 2_000 });
const baseMs = fc.integer({ min: 1, max: HOUR_MS });
const random = fc.double({ min: 0, max: 1, noNaN: true });
const middle = 0.5;

describe('backoff', () => {
  it('is 1 s, 2 s, 4 s … in the middle', () => {
    const waits = [1, 2, 3, 4].map((count) => backoffMs(count, { baseMs: 1_000, random: middle }));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it('is at most 10 % off, and never longer than an hour', () => {
    fc.assert(
      fc.property(failed, baseMs, random, (count, base, drawn) => {
        const exact = Math.min(base * 2 ** (count - 1), HOUR_MS);
        const wait = backoffMs(count, { baseMs: base, random: drawn });
        return wait >= Math.floor(exact * 0.9) && wait <= Math.min(Math.ceil(exact * 1.1), HOUR_MS);
      }),
    );
  });

  it('never gets shorter with more failures, when the same is drawn', () => {
    fc.assert(
      fc.property(failed, baseMs, random, (count, base, drawn) => {
        const settings = { baseMs: base, random: drawn };
        return backoffMs(count + 1, settings) >= backoffMs(count, settings);
      }),
    );
  });

  it('spreads what failed together', () => {
    const waits = [0, 0.25, 0.5, 0.75, 1].map((drawn) =>
      backoffMs(3, { baseMs: 1_000, random: drawn }),
    );
    expect(new Set(waits).size).toBe(5);
  });

  it('takes no failure as the first', () => {
    expect(backoffMs(0, { baseMs: 1_000, random: middle })).toBe(1_000);
  });
});
