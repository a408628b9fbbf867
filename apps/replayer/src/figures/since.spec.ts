import { expect, it } from '@jest/globals';
import { Since } from './since.js';

it('counts from when the thing was there first, and anew for another one', () => {
  const since = new Since();
  expect(since.seconds(7, 1_000)).toBe(0);
  expect(since.seconds(7, 3_500)).toBe(2.5);
  expect(since.seconds(8, 4_000)).toBe(0);
  expect(since.seconds(undefined, 5_000)).toBeUndefined();
  expect(since.seconds(8, 6_000)).toBe(0);
});
