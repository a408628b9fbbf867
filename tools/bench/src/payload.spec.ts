import { describe, expect, it } from '@jest/globals';
import { DEVICES, happenings } from './payload.js';

const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;

describe('happenings', () => {
  it('are those of one device after the other, the same at each call', () => {
    const some = happenings(5, 3);
    expect(some.map(({ labels }) => labels.revision)).toEqual(['5', '6', '7']);
    expect(new Set(some.map(({ subject }) => subject)).size).toBe(3);
    expect(happenings(5, 3)).toEqual(some);
    for (const { subject } of some) expect(subject).toMatch(UID);
  });

  it('come back to the first device after the last one', () => {
    expect(happenings(DEVICES, 1)[0]?.subject).toBe(happenings(0, 1)[0]?.subject);
  });
});
