import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limitOf } from './limit.js';

const matching = fc
  .tuple(fc.nat(100_000), fc.nat(100_000))
  .map(([left, selected]) => ({ devices: left + selected, selected }));
const percent = fc.integer({ min: 0, max: 100 });

describe('limitOf', () => {
  it.each([
    ['a number is so many more devices', 5, { devices: 20, selected: 10 }, 5],
    ['but never more than are left', 15, { devices: 20, selected: 10 }, 10],
    ['a share counts the devices selected before', '80%', { devices: 20, selected: 10 }, 6],
    ['and is rounded up', '1%', { devices: 20, selected: 0 }, 1],
    ['a share that is already reached takes none', '50%', { devices: 20, selected: 15 }, 0],
    ['an unreadable one takes none', 'half', { devices: 20, selected: 0 }, 0],
    ['none takes all that are left', undefined, { devices: 20, selected: 3 }, 17],
    ['nothing of nothing', '100%', { devices: 0, selected: 0 }, 0],
  ])('%s', (_, limit, count, expected) => {
    expect(limitOf(limit, count)).toBe(expected);
  });

  it('takes the smallest number of devices that reaches the share', () => {
    fc.assert(
      fc.property(percent, matching, (share, count) => {
        const taken = limitOf(`${share}%`, count);
        const together = BigInt(count.selected + taken) * 100n;
        const wanted = BigInt(share) * BigInt(count.devices);
        expect(together >= wanted).toBe(true);
        if (taken > 0) expect(together - 100n < wanted).toBe(true);
      }),
    );
  });

  it('stays between none and all that are left, and grows with the limit', () => {
    fc.assert(
      fc.property(percent, percent, matching, (one, other, count) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        for (const unit of ['%', '']) {
          const limitFrom = (n: number) => (unit ? `${n}%` : n);
          const [few, many] = [limitOf(limitFrom(less), count), limitOf(limitFrom(more), count)];
          expect(few).toBeGreaterThanOrEqual(0);
          expect(few).toBeLessThanOrEqual(many);
          expect(many).toBeLessThanOrEqual(count.devices - count.selected);
        }
      }),
    );
  });
});
