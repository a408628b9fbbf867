import { describe, expect, it } from '@jest/globals';
import { decideTarget, type CurrentRollout, type TargetedDevice } from './decide-target.js';

const rollout: CurrentRollout = {
  fleet: 'f1',
  rollout: 'r2',
  templateVersion: 'v2',
  open: true,
  batch: null,
};
const target = { fleet: 'f1', rollout: 'r2', templateVersion: 'v2', batch: null, labelsVersion: 1 };
const old = { ...target, rollout: 'r1', templateVersion: 'v1', batch: 2 };
const device: TargetedDevice = {
  live: true,
  owner: 'f1',
  labelsVersion: 1,
  matchedVersion: 1,
  target: null,
};
const relabelled = { ...device, labelsVersion: 4, matchedVersion: 4 };
const shut = { ...rollout, open: false };

describe('decideTarget', () => {
  it('selects a new device for the version of its fleet', () => {
    expect(decideTarget(device, rollout)).toEqual({ kind: 'select', target });
    expect(decideTarget(device, { ...rollout, batch: 3 })).toEqual({
      kind: 'select',
      target: { ...target, batch: 3 },
    });
  });

  it('selects a device that has an older version', () => {
    expect(decideTarget({ ...device, target: old }, rollout)).toEqual({ kind: 'select', target });
  });

  it.each<[string, TargetedDevice, CurrentRollout | null]>([
    ['has the version already', { ...device, target }, rollout],
    ['waits for the last batch', device, shut],
    ['has labels that are not matched yet', { ...device, labelsVersion: 2 }, rollout],
    ['is not created yet, or deleted', { ...device, live: false }, rollout],
    ['has a fleet without a rollout', { ...device, target }, null],
    ['has no fleet', { ...device, owner: null }, null],
  ])('leaves a device that %s', (_, known, current) => {
    expect(decideTarget(known, current)).toEqual({ kind: 'keep' });
  });

  it('selects a relabelled device again for the version and batch that it has', () => {
    const known = { ...relabelled, target };
    const again = { kind: 'select', target: { ...target, labelsVersion: 4 } };
    expect(decideTarget(known, rollout)).toEqual(again);
    expect(decideTarget(known, shut)).toEqual(again);
    expect(decideTarget({ ...relabelled, target: old }, shut)).toEqual({
      kind: 'select',
      target: { ...old, labelsVersion: 4 },
    });
  });

  it('takes the target from a device that left its fleet', () => {
    expect(decideTarget({ ...device, owner: null, target }, null)).toEqual({ kind: 'clear' });
    const moved = { ...device, owner: 'f2', target };
    expect(decideTarget(moved, null)).toEqual({ kind: 'clear' });
    expect(decideTarget(moved, { ...shut, fleet: 'f2' })).toEqual({ kind: 'clear' });
    expect(decideTarget(moved, { ...rollout, fleet: 'f2', templateVersion: 'v9' })).toMatchObject({
      kind: 'select',
      target: { fleet: 'f2', templateVersion: 'v9' },
    });
  });
});
