import { describe, expect, it } from '@jest/globals';
import { catalogue, newUid, topology } from '@skein/events';
import { lateNumber, needsData, touchedBy } from './touched.js';

const own = [...catalogue.values()].filter(({ kind }) =>
  ['Device', 'Fleet', 'Repository'].includes(kind),
);
const data = (value: object) => JSON.stringify(value);
const uid = newUid();

describe('what an event touches', () => {
  it('is known of each type that the gateway hears', () => {
    expect([...topology.gateway].filter((type) => !needsData.includes(type))).toEqual([]);
    const full = data({ fleet: uid, members: [{ device: uid }] });
    for (const type of topology.gateway) {
      expect(touchedBy({ type, kind: 'Matching', subject: uid, data: full })).not.toEqual([]);
    }
  });

  it.each(own)('is at least its subject when the gateway says it: $type', ({ type, kind }) => {
    const touched = touchedBy({ type, kind, subject: uid, data: null });
    expect(touched).toContainEqual(expect.objectContaining({ kind, uid }));
  });

  it.each([
    ['is no JSON', '{"members":['],
    ['is null', 'null'],
    ['is a text', '"members"'],
    ['has members that are none', data({ members: 'all', fleet: 7 })],
    ['has members without devices', data({ members: [null, {}, { device: 'd1' }, 3] })],
  ])('is nothing when what it says %s', (_why, text) => {
    for (const type of needsData) {
      const said = { type, kind: 'Matching', subject: 'none', data: text };
      expect(touchedBy(said)).toEqual([]);
      expect(Number.isSafeInteger(lateNumber(said))).toBe(false);
    }
  });
});
