import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';

describe('backoffMs', () => {
  it('doubles up to its limit', () => {
    expect([0, 1, 2, 10, 2_000].map((failures) => backoffMs(failures, 1))).toEqual([
      100, 200, 400, 5_000, 5_000,
    ]);
  });

  it('leaves at most half to luck', () => {
    expect([backoffMs(3, 0), backoffMs(3, 1)]).toEqual([400, 800]);
  });
});
