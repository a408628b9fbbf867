import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorThresholdExceeded, thresholdOf, thresholdReached } from './threshold.js';

describe('thresholdOf', () => {
  it('is the own one of the batch, else that of the policy, else 90 %', () => {
    expect(thresholdOf({ successThreshold: '50%' }, { successThreshold: '70%' })).toBe(50);
    expect(thresholdOf({}, { successThreshold: '70%' })).toBe(70);
    expect(thresholdOf({}, {})).toBe(90);
  });

  it.each(['120%', '-1%', '90', '9.5%', ''])('asks for all devices when it reads %j', (text) => {
    expect(thresholdOf({ successThreshold: text }, {})).toBe(100);
  });
});

describe('thresholdReached', () => {
  it.each([
    [9, 10, 90, true],
    [8, 9, 90, false],
    [0, 0, 100, true],
    [0, 3, 0, true],
    [29, 100, 29, true],
    [28, 100, 29, false],
  ])('%i of %i reach %i %%: %s', (succeeded, devices, percent, reached) => {
    expect(thresholdReached(succeeded, devices, percent)).toBe(reached);
  });

  it('is exact: the first number of devices that reaches it is the share rounded up', () => {
    const devices = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(devices, fc.integer({ min: 1, max: 100 }), (count, percent) => {
        const exact = (BigInt(count) * BigInt(percent) + 99n) / 100n;
        const first = Number(exact);
        expect(thresholdReached(first, count, percent)).toBe(true);
        expect(thresholdReached(first - 1, count, percent)).toBe(false);
      }),
    );
  });
});

describe('errorThresholdExceeded', () => {
  it.each([
    [1, 10, 10, false],
    [2, 10, 10, true],
    [0, 0, 0, false],
    [1, 100, 0, true],
    [5, 5, null, false],
  ])('%i failed of %i exceed %j %%: %s', (failed, devices, percent, exceeded) => {
    expect(errorThresholdExceeded(failed, devices, percent)).toBe(exceeded);
  });
});
