import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newUid } from './identity.js';

const LAST_MS = 2 ** 48 - 1;
const time = fc.integer({ min: 0, max: LAST_MS });

describe('newUid', () => {
  it('is a UUIDv7', () => {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    fc.assert(fc.property(time, (now) => form.test(newUid(now))));
  });

  it('begins with the time in milliseconds', () => {
    fc.assert(
      fc.property(time, (now) => parseInt(newUid(now).replace('-', '').slice(0, 12), 16) === now),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(time, time, (one, other) => {
        fc.pre(one !== other);
        return newUid(one) < newUid(other) === one < other;
      }),
    );
  });

  it('is another one each time, also in one millisecond', () => {
    const uids = Array.from({ length: 1_000 }, () => newUid(1_800_000_000_000));
    expect(new Set(uids).size).toBe(1_000);
  });
});
