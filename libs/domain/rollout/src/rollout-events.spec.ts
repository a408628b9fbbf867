import { describe, expect, it } from '@jest/globals';
import { MAX_BATCH_EVENT_BYTES, MAX_EVENT_BYTES, newUid } from '@skein/events';
import { planOf } from './plan.js';
import { selected, started, timedOut } from './rollout-events.js';

const subject = { org: newUid(), rollout: newUid(), fleet: newUid(), templateVersion: newUid() };

describe('selected', () => {
  it('holds every device once, in events that the log takes', () => {
    const devices = Array.from({ length: 2_001 }, () => newUid());
    const events = selected(subject, 1, devices);
    const members = events.map(({ data }) => (data as { members: { device: string }[] }).members);
    expect(members.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect(members.flat().map(({ device }) => device)).toEqual(devices);
    for (const { data } of events) {
      expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(MAX_BATCH_EVENT_BYTES);
    }
  });

  it('is no event without devices', () => {
    expect(selected(subject, null, [])).toEqual([]);
  });
});

describe('timedOut', () => {
  it('holds every device once, in events that the log takes', () => {
    const devices = Array.from({ length: 1_001 }, () => ({ device: newUid(), batch: 100 }));
    const events = timedOut(subject, 90_000, devices);
    const data = events.map((event) => event.data as { members: object[]; timeoutSeconds: number });
    expect(data.map(({ members }) => members.length)).toEqual([1_000, 1]);
    expect(data[0]?.timeoutSeconds).toBe(90);
    const bytes = Buffer.byteLength(JSON.stringify(data[0]));
    expect(bytes).toBeLessThan(MAX_BATCH_EVENT_BYTES);
  });
});

describe('started', () => {
  const inBatches = (batches: number) =>
    planOf({
      deviceSelection: {
        strategy: 'BatchSequence',
        sequence: Array.from({ length: batches }, () => ({ limit: 1 })),
      },
    });

  it('says what the rollout will do', () => {
    expect(started(subject, inBatches(1)).data).toMatchObject({
      strategy: 'BatchSequence',
      plan: {
        batches: [{ limit: 1, threshold: 90 }, { threshold: 100 }],
        updateTimeoutSeconds: 86_400,
        disruptionBudget: null,
        errorThreshold: null,
      },
    });
  });

  it('leaves out a plan that the log would not take', () => {
    const { data } = started(subject, inBatches(10_000));
    expect(data).not.toHaveProperty('plan');
    expect(JSON.stringify(data).length).toBeLessThan(MAX_EVENT_BYTES);
  });
});
