import { expect, it } from '@jest/globals';
import { failedCheckMs, firstCheckMs, nextCheckMs } from './schedule.js';

const minute = (random: number) => ({ intervalMs: 60_000, random });

it('checks every interval, give or take a tenth', () => {
  expect([0, 0.5, 1].map((random) => nextCheckMs(minute(random)))).toEqual([
    54_000, 60_000, 66_000,
  ]);
});

it('spreads what was checked at once', () => {
  expect([0, 0.5, 1].map((random) => firstCheckMs(minute(random)))).toEqual([
    6_000, 33_000, 60_000,
  ]);
});

it('asks less and less often where there is no answer, up to ten minutes or the interval', () => {
  const waits = [1, 2, 3, 4, 5, 50].map((failed) => failedCheckMs(failed, minute(0.5)));
  expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  expect(failedCheckMs(50, minute(1))).toBe(600_000);
  expect(failedCheckMs(9, { intervalMs: 3_600_000, random: 0.5 })).toBe(3_600_000);
});
