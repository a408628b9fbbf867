import { describe, expect, it } from '@jest/globals';
import { MAX_BATCH_EVENT_BYTES, newUid } from '@skein/events';
import { selected } from './rollout-events.js';

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
