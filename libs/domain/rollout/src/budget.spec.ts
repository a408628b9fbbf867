import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mostUnavailable, roomIn } from './budget.js';

const whole = fc.integer({ min: 1, max: 50 });

describe('mostUnavailable', () => {
  it.each([
    ['maxUnavailable alone', { maxUnavailable: 3 }, 10, 3],
    ['minAvailable alone', { minAvailable: 8 }, 10, 2],
    ['the tighter of both', { minAvailable: 8, maxUnavailable: 3 }, 10, 2],
    ['the tighter of both, the other way round', { minAvailable: 8, maxUnavailable: 1 }, 10, 1],
    ['a group as small as minAvailable', { minAvailable: 8 }, 8, 1],
    ['a group smaller than minAvailable', { minAvailable: 8 }, 3, 1],
    ['a group of one', { minAvailable: 1 }, 1, 1],
  ])('%s', (_, budget, size, expected) => {
    expect(mostUnavailable(budget, size)).toBe(expected);
  });

  it('lets every group go on, and keeps what it was asked to keep where that is possible', () => {
    fc.assert(
      fc.property(whole, whole, whole, (minAvailable, maxUnavailable, size) => {
        const most = mostUnavailable({ minAvailable, maxUnavailable }, size);
        expect(most).toBeGreaterThanOrEqual(1);
        expect(most).toBeLessThanOrEqual(maxUnavailable);
        expect(size - most).toBeGreaterThanOrEqual(Math.min(minAvailable, size - 1));
      }),
    );
  });
});

describe('roomIn', () => {
  it('is what is left of the budget', () => {
    expect(roomIn({ maxUnavailable: 3 }, { size: 10, unavailable: 1 })).toBe(2);
    expect(roomIn({ maxUnavailable: 3 }, { size: 10, unavailable: 5 })).toBe(0);
    expect(roomIn(null, { size: 10, unavailable: 5 })).toBe(10);
  });
});
