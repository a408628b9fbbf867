import { describe, expect, it } from '@jest/globals';
import { planOf } from './plan.js';

const DAY_MS = 86_400_000;
const limits = { updateTimeoutMs: DAY_MS, budget: null, errorThreshold: null };
const selector = { matchLabels: { site: 'lyon' } };

describe('planOf', () => {
  it('is immediate without a sequence', () => {
    const batches = [{ definition: {}, threshold: 100 }];
    const immediate = { strategy: 'Immediate', batches, ...limits };
    expect(planOf(null)).toEqual(immediate);
    expect(planOf({ successThreshold: '10%' })).toEqual(immediate);
  });

  it('has a batch for each of the sequence and one for all the rest', () => {
    const sequence = [{ selector, limit: 1, successThreshold: '50%' }, { limit: '80%' }];
    expect(planOf({ deviceSelection: { strategy: 'BatchSequence', sequence } })).toEqual({
      strategy: 'BatchSequence',
      batches: [
        { definition: { selector, limit: 1 }, threshold: 50 },
        { definition: { limit: '80%' }, threshold: 90 },
        { definition: {}, threshold: 100 },
      ],
      ...limits,
    });
  });

  it('has the time-out, the budget and the error threshold of the policy', () => {
    const disruptionBudget = { groupBy: ['site'], maxUnavailable: 2 };
    const policy = { defaultUpdateTimeout: '1h30m', errorThreshold: '10%', disruptionBudget };
    expect(planOf(policy)).toMatchObject({
      strategy: 'Immediate',
      updateTimeoutMs: 5_400_000,
      errorThreshold: 10,
      budget: disruptionBudget,
    });
  });

  it('takes the default for what cannot be read, and has no budget without a limit', () => {
    const disruptionBudget = { groupBy: ['site'] };
    const policy = { defaultUpdateTimeout: 'soon', errorThreshold: 'few', disruptionBudget };
    expect(planOf(policy)).toMatchObject(limits);
  });
});
