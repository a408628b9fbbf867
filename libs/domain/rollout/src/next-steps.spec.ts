import { describe, expect, it } from '@jest/globals';
import { nextSteps, type Progress, type RolloutState, type Step } from './next-steps.js';

const rollout: RolloutState = {
  strategy: 'BatchSequence',
  batch: 1,
  lastBatch: 3,
  phase: 'dispatched',
};
const progress: Progress = { devices: 10, succeeded: 0, threshold: 90, unfinished: true };

describe('nextSteps', () => {
  it.each<[string, Partial<RolloutState>, Partial<Progress>, Step[]]>([
    ['announces a planned batch', { phase: 'planned' }, {}, ['announceBatch']],
    ['selects for an announced batch', { phase: 'announced' }, {}, ['selectDevices']],
    [
      'selects at once when immediate',
      { phase: 'planned', strategy: 'Immediate', lastBatch: 1 },
      {},
      ['selectDevices'],
    ],
    ['waits below the threshold', {}, { succeeded: 8 }, []],
    ['goes on at the threshold', {}, { succeeded: 9 }, ['completeBatch', 'announceNext']],
    ['goes on from an empty batch', {}, { devices: 0 }, ['completeBatch', 'announceNext']],
    ['waits for the very last device', { batch: 3 }, { succeeded: 10 }, []],
    [
      'ends when no device is left',
      { batch: 3 },
      { unfinished: false },
      ['completeBatch', 'completeRollout'],
    ],
    [
      'does not end before its devices are selected',
      { batch: 3, phase: 'announced' },
      { unfinished: false },
      ['selectDevices'],
    ],
  ])('%s', (_, state, counts, steps) => {
    expect(nextSteps({ ...rollout, ...state }, { ...progress, ...counts })).toEqual(steps);
  });
});
