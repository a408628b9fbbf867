import { describe, expect, it } from '@jest/globals';
import { costOf } from './cost.js';

const rate = (perSecond: number, postgres: number, redis: number) => ({
  perSecond,
  cpu: { postgres, redis },
});

describe('costOf', () => {
  it('sums the processes of each run, and takes the median of the runs', () => {
    const cost = costOf([rate(10, 50, 7), rate(30, 40, 9), rate(20, 90, 8)]);
    expect(cost).toEqual({
      ...{ perEvent: 57, runs: [57, 49, 98] },
      ...{ perSecond: 20, shares: 'postgres 50, redis 8' },
    });
  });

  it('is time where nothing is known of CPU', () => {
    expect(costOf([{ perSecond: 20_000, cpu: undefined }])).toMatchObject({
      perEvent: 50,
      shares: '',
    });
  });
});
