import { describe, expect, it } from '@jest/globals';
import { Fleet } from '@skein/api';
import { check } from './check.js';

/** What is wrong with a fleet that has this rollout policy. */
function problemOf(rolloutPolicy: object): string {
  const head = { apiVersion: 'flightctl.io/v1beta1', kind: 'Fleet', metadata: { name: 'f' } };
  try {
    check(Fleet, { ...head, spec: { template: { spec: {} }, rolloutPolicy } });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a selector', () => {
  it.each([
    [{ key: 'a', operator: { toString: 1 } }, 'operator'],
    [{ key: 'a', operator: 'In', values: null }, 'values'],
    [{ key: 'a', operator: 'In', values: { length: 1 } }, 'values'],
    [{ key: 'a', operator: 'In', values: [{ toString: 1 }] }, 'values'],
    [null, 'matchExpressions'],
  ])('%j is refused', (expression, problem) => {
    const selector = { matchExpressions: [expression] };
    const deviceSelection = { strategy: 'BatchSequence', sequence: [{ selector, limit: 1 }] };
    expect(problemOf({ deviceSelection })).toContain(problem);
  });
});

describe('a rollout policy', () => {
  it('is taken when it makes sense', () => {
    const disruptionBudget = { groupBy: ['site'], minAvailable: 1, maxUnavailable: 1 };
    const policy = { defaultUpdateTimeout: '1h30m', errorThreshold: '10%', disruptionBudget };
    expect(problemOf(policy)).toBe('');
    expect(problemOf({ disruptionBudget: { maxUnavailable: 1 } })).toBe('');
  });

  it.each([
    [{ defaultUpdateTimeout: '0s' }, 'spec.rolloutPolicy.defaultUpdateTimeout: must be a duration'],
    [{ defaultUpdateTimeout: '9999h' }, 'up to 8760h'],
    [{ defaultUpdateTimeout: 'soon' }, 'spec.rolloutPolicy.defaultUpdateTimeout'],
    [{ errorThreshold: '10' }, 'spec.rolloutPolicy.errorThreshold'],
    [
      { disruptionBudget: { groupBy: ['site'] } },
      'spec.rolloutPolicy.disruptionBudget: needs minAvailable, maxUnavailable or both',
    ],
    [{ disruptionBudget: { groupBy: ['a', 'a'], minAvailable: 1 } }, 'groupBy names a label twice'],
    [{ disruptionBudget: { maxUnavailable: 0 } }, 'maxUnavailable'],
  ])('%j is refused', (policy, problem) => {
    expect(problemOf(policy)).toContain(problem);
  });
});
