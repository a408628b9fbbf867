import { describe, expect, it } from '@jest/globals';
import { FleetIndex, type SelectingFleet } from '@skein/domain-selector';
import { MAX_BATCH_EVENT_BYTES, type MatchedDevice } from '@skein/events';
import { answersFor as answersOf, portions } from './answers.js';
import type { KnownDevice } from './selector.view.js';

const answersFor = (devices: KnownDevice[], fleets: SelectingFleet[], wanted: Set<string>) =>
  answersOf(devices, new FleetIndex(fleets), wanted);

const device: KnownDevice = {
  device: 'd1',
  labels: { site: 'lyon' },
  labelsVersion: 3,
  owner: 'uid-lyon',
  multipleOwners: [],
  matchedLabelsVersion: 3,
};
const lyon = { fleet: 'uid-lyon', name: 'lyon', selector: { matchLabels: { site: 'lyon' } } };
const other = { ...lyon, fleet: 'uid-other', name: 'other' };

describe('answersFor', () => {
  it('has nothing to say when nothing changed and nobody asked', () => {
    expect(answersFor([device], [lyon], new Set())).toEqual([]);
  });

  it('answers who asked although nothing changed', () => {
    expect(answersFor([device], [lyon], new Set(['d1']))).toEqual([
      { device: 'd1', owner: 'uid-lyon', labelsVersion: 3, multipleOwners: [] },
    ]);
  });

  it.each<[string, KnownDevice]>([
    ['was never matched', { ...device, matchedLabelsVersion: null }],
    ['has labels that no answer saw', { ...device, matchedLabelsVersion: 2 }],
    ['gets another owner', { ...device, owner: null }],
    ['no longer has several fleets', { ...device, multipleOwners: ['lyon', 'other'] }],
  ])('tells the news of a device that %s', (_, known) => {
    expect(answersFor([known], [lyon], new Set())).toHaveLength(1);
  });

  it('tells when several fleets match now, and names at most a hundred', () => {
    expect(answersFor([device], [lyon, other], new Set())).toEqual([
      { device: 'd1', owner: 'uid-lyon', labelsVersion: 3, multipleOwners: ['lyon', 'other'] },
    ]);
    const many = Array.from({ length: 300 }, (_, n) => ({
      ...lyon,
      fleet: `u${n}`,
      name: `f${n}`,
    }));
    expect(answersFor([device], many, new Set())[0]?.multipleOwners).toHaveLength(100);
  });
});

describe('portions', () => {
  const answers = (length: number, multipleOwners: string[] = []): MatchedDevice[] =>
    Array.from({ length }, (_, n) => ({
      device: `d${n}`,
      owner: null,
      labelsVersion: 1,
      multipleOwners,
    }));

  it('holds at most a thousand members each', () => {
    expect([...portions(answers(2_001))].map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
    expect([...portions([])]).toEqual([]);
  });

  it('counts no answer without names too small', () => {
    const uid = '00000000-0000-4000-8000-000000000001';
    const longest = { device: uid, owner: uid, labelsVersion: Number.MAX_SAFE_INTEGER };
    const all = Array.from({ length: 2_000 }, () => ({ ...longest, multipleOwners: [] }));
    for (const members of portions(all)) {
      expect(members.length).toBe(1_000);
      expect(JSON.stringify({ members }).length).toBeLessThan(160 * 1_000);
    }
  });

  it('stays below the bytes of an event', () => {
    const names = Array.from({ length: 100 }, (_, n) => `${'n'.repeat(250)}${n}`);
    const parts = [...portions(answers(50, names))];
    expect(parts.flat()).toEqual(answers(50, names));
    expect(parts.length).toBeGreaterThan(1);
    for (const members of parts) {
      expect(Buffer.byteLength(JSON.stringify({ members }))).toBeLessThan(MAX_BATCH_EVENT_BYTES);
    }
  });
});
