import { describe, expect, it } from '@jest/globals';
import { nextSteps, type Progress, type RolloutState, type Step } from './next-steps.js';
import type { Outcomes } from './outcomes.js';

const rollout: RolloutState = {
  strategy: 'BatchSequence',
  batch: 1,
  lastBatch: 3,
  phase: 'dispatched',
  standsStill: false,
  halted: false,
  aborted: false,
  unapproved: { current: false, next: false },
};
const unapproved = { current: true, next: true };
const of = (updated: number, failed = 0, waiting = 10 - updated - failed, held = 0): Outcomes => ({
  ...{ held, waiting, updated, failed },
});
const progress: Progress = {
  ofBatch: of(0),
  ofRollout: of(0),
  threshold: 90,
  errorThreshold: null,
};
const goOn: Step[] = ['completeBatch', 'announceNext'];
const end: Step[] = ['completeBatch', 'completeRollout'];

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
    ['waits below the threshold', {}, { ofBatch: of(8) }, []],
    ['goes on at the threshold', {}, { ofBatch: of(9) }, goOn],
    ['goes on from an empty batch', {}, { ofBatch: of(0, 0, 0) }, goOn],
    ['counts held devices as devices of the batch', {}, { ofBatch: of(9, 0, 0, 2) }, []],
    ['waits for held devices', {}, { ofBatch: of(8, 1, 0, 1) }, []],
    [
      'stands still when all have ended below the threshold',
      {},
      { ofBatch: of(8, 2) },
      ['standStill'],
    ],
    ['says so once', { standsStill: true }, { ofBatch: of(8, 2) }, []],
    ['goes on after a late success', { standsStill: true }, { ofBatch: of(9, 1) }, goOn],
    ['waits for the very last device', { batch: 3 }, { ofRollout: of(9) }, []],
    ['waits for the very last held device', { batch: 3 }, { ofRollout: of(9, 0, 0, 1) }, []],
    ['ends when no device is left', { batch: 3 }, { ofRollout: of(10) }, end],
    ['ends with failed devices', { batch: 3 }, { ofRollout: of(2, 8) }, end],
    [
      'does not end before its devices are selected',
      { batch: 3, phase: 'announced' },
      { ofRollout: of(10) },
      ['selectDevices'],
    ],
    ['goes on at the error threshold', {}, { ofRollout: of(0, 1), errorThreshold: 10 }, []],
    ['stops above it', {}, { ofRollout: of(0, 2), errorThreshold: 10 }, ['stop']],
    [
      'stops while it still selects',
      { phase: 'announced' },
      { ofRollout: of(0, 1), errorThreshold: 0 },
      ['stop'],
    ],
    [
      'waits for approval of its first batch',
      { phase: 'planned', unapproved },
      {},
      ['awaitApproval'],
    ],
    ['says so once, too', { phase: 'planned', unapproved, standsStill: true }, {}, []],
    [
      'waits for approval also when immediate',
      { phase: 'planned', strategy: 'Immediate', lastBatch: 1, unapproved },
      {},
      ['awaitApproval'],
    ],
    [
      'waits for approval of the next batch',
      { unapproved: { current: false, next: true } },
      { ofBatch: of(9) },
      ['completeBatch', 'awaitNext'],
    ],
    ['begins nothing while it is halted', { phase: 'planned', halted: true }, {}, []],
    ['selects nothing while it is halted', { phase: 'announced', halted: true }, {}, []],
    ['does not go on while it is halted', { halted: true }, { ofBatch: of(9) }, []],
    [
      'says what failed while it is halted',
      { halted: true },
      { ofBatch: of(8, 2) },
      ['standStill'],
    ],
    ['ends while it is halted', { batch: 3, halted: true }, { ofRollout: of(10) }, end],
    ['is aborted at any time', { aborted: true, phase: 'planned' }, {}, ['abort']],
    ['is aborted rather than stopped', { aborted: true }, { errorThreshold: 0 }, ['abort']],
    [
      'stops rather than to end',
      { batch: 3 },
      { ofRollout: of(8, 2), errorThreshold: 19 },
      ['stop'],
    ],
  ])('%s', (_, state, counts, steps) => {
    expect(nextSteps({ ...rollout, ...state }, { ...progress, ...counts })).toEqual(steps);
  });
});
