import { describe, expect, it } from '@jest/globals';
import { planOf } from './plan.js';

const DAY_MS = 86_400_000;
const limits = { updateTimeoutMs: DAY_MS, budget: null, errorThreshold: null };
const selector = { matchLabels: { site: 'lyon' } };

describe('planOf', () => {
  it('is immediate without a sequence', () => {
    const batches = [{ definition: {}, threshold: 100, approval: 'Automatic' }];
    const immediate = { strategy: 'Immediate', batches, ...limits };
    expect(planOf(null)).toEqual(immediate);
    expect(planOf({ successThreshold: '10%' })).toEqual(immediate);
  });

  it('has a batch for each of the sequence and one for all the rest', () => {
    const sequence = [{ selector, limit: 1, successThreshold: '50%' }, { limit: '80%' }];
    const approval = 'Automatic';
    expect(planOf({ deviceSelection: { strategy: 'BatchSequence', sequence } })).toEqual({
      strategy: 'BatchSequence',
      batches: [
        { definition: { selector, limit: 1 }, threshold: 50, approval },
        { definition: { limit: '80%' }, threshold: 90, approval },
        { definition: {}, threshold: 100, approval },
      ],
      ...limits,
    });
  });

  it('asks for approval as the batch says, else as the policy says', () => {
    const approvals = (policy: object) => {
      const sequence = [{ limit: 1 }, { limit: 2, approval: 'Automatic' as const }];
      const deviceSelection = { strategy: 'BatchSequence' as const, sequence };
      return planOf({ deviceSelection, ...policy }).batches.map(({ approval }) => approval);
    };
    expect(approvals({})).toEqual(['Automatic', 'Automatic', 'Automatic']);
    expect(approvals({ approval: 'Manual' })).toEqual(['Manual', 'Automatic', 'Manual']);
    expect(planOf({ approval: 'Manual' }).batches).toMatchObject([{ approval: 'Manual' }]);
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
