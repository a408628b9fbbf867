import { describe, expect, it } from '@jest/globals';
import type { LabelSelector, MatchExpression } from '@skein/domain-resource';
import { matches } from '@skein/domain-resource';
import fc from 'fast-check';
import type { DeviceMatch, LabelledDevice } from './decide-matches.js';
import { decideMatches as decide } from './decide-matches.js';
import type { SelectingFleet } from './fleet-index.js';
import { FleetIndex } from './fleet-index.js';

const decideMatches = (devices: LabelledDevice[], fleets: SelectingFleet[]) =>
  decide(devices, new FleetIndex(fleets));

const device = (labels: Record<string, string>, owner: string | null = null): LabelledDevice => ({
  device: 'd1',
  labels,
  labelsVersion: 4,
  owner,
});

const fleet = (name: string, selector: LabelSelector | null): SelectingFleet => ({
  fleet: `uid-${name}`,
  name,
  selector,
});

const lyon = fleet('lyon', { matchLabels: { site: 'lyon' } });
const edge = fleet('edge', { matchLabels: { tier: 'edge' } });
const idle = fleet('idle', null);

describe('decideMatches', () => {
  it('sets the owner when one fleet matches', () => {
    expect(decideMatches([device({ site: 'lyon' })], [edge, lyon, idle])).toEqual([
      { device: 'd1', owner: 'uid-lyon', labelsVersion: 4, multipleOwners: [], changed: true },
    ]);
  });

  it('says so when nothing changes', () => {
    const [match] = decideMatches([device({ site: 'lyon' }, 'uid-lyon')], [lyon]);
    expect(match).toMatchObject({ owner: 'uid-lyon', changed: false });
  });

  it('clears the owner when no fleet matches', () => {
    const [match] = decideMatches([device({ site: 'nice' }, 'uid-lyon')], [lyon, idle]);
    expect(match).toMatchObject({ owner: null, multipleOwners: [], changed: true });
  });

  it('keeps the owner when several fleets match, and names them sorted', () => {
    const both = device({ site: 'lyon', tier: 'edge' }, 'uid-idle');
    expect(decideMatches([both], [lyon, edge, idle])).toEqual([
      {
        device: 'd1',
        owner: 'uid-idle',
        labelsVersion: 4,
        multipleOwners: ['edge', 'lyon'],
        changed: false,
      },
    ]);
  });

  it('drops an owner that is gone when several fleets match', () => {
    const both = device({ site: 'lyon', tier: 'edge' }, 'uid-gone');
    const [match] = decideMatches([both], [lyon, edge]);
    expect(match).toMatchObject({ owner: null, multipleOwners: ['edge', 'lyon'], changed: true });
  });

  it('matches nothing with an empty selector', () => {
    const empty = fleet('empty', { matchLabels: {}, matchExpressions: [] });
    expect(decideMatches([device({ site: 'lyon' })], [empty])[0]).toMatchObject({ owner: null });
  });
});

describe('FleetIndex', () => {
  const environment = { environment: 'production' };
  const fleets = Array.from({ length: 1_000 }, (_, number) =>
    fleet(`f${number}`, { matchLabels: { ...environment, group: `g${number}` } }),
  );

  it('compares a device only with fleets that ask for one of its rarer labels', () => {
    const index = new FleetIndex(fleets);
    expect(index.candidates({ ...environment, group: 'g7' })).toEqual([fleets[7]]);
    expect(index.candidates(environment)).toEqual([]);
  });

  it('finds fleets through the values of In', () => {
    const several = fleet('several', {
      matchExpressions: [{ key: 'group', operator: 'In', values: ['g1', 'g2'] }],
    });
    const index = new FleetIndex([several]);
    expect(index.matching({ group: 'g2' })).toEqual([several]);
    expect(index.candidates({ group: 'g3' })).toEqual([]);
  });
});

function naive(devices: LabelledDevice[], fleets: SelectingFleet[]): DeviceMatch[] {
  return devices.map(({ device: uid, labels, labelsVersion, owner: before }) => {
    const matching = fleets.filter(({ selector }) => matches(selector, labels));
    const exists = fleets.some((candidate) => candidate.fleet === before);
    let owner: string | null = null;
    if (matching.length === 1) owner = matching[0]?.fleet ?? null;
    if (matching.length > 1 && exists) owner = before;
    const multipleOwners = matching.length > 1 ? matching.map(({ name }) => name).sort() : [];
    return { device: uid, owner, labelsVersion, multipleOwners, changed: owner !== before };
  });
}

const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const value = fc.constantFrom('', 'x', 'y', 'z');
const labels = fc.dictionary(key, value, { maxKeys: 4 });
const expression: fc.Arbitrary<MatchExpression> = fc.record({
  key,
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.array(value, { maxLength: 3 }),
});
const selector: fc.Arbitrary<LabelSelector | null> = fc.option(
  fc.record(
    { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
);
const someFleets = fc
  .array(selector, { maxLength: 6 })
  .map((selectors) => selectors.map((one, number) => fleet(`f${number}`, one)));
const someDevices = fc.array(
  fc.record({
    device: fc.uuid(),
    labels,
    labelsVersion: fc.nat(),
    owner: fc.option(fc.constantFrom('uid-f0', 'uid-f1', 'uid-f5', 'uid-gone')),
  }),
  { maxLength: 6 },
);

it('equals a model that compares every device with every fleet', () => {
  fc.assert(
    fc.property(someDevices, someFleets, (devices, fleets) => {
      expect(decideMatches(devices, fleets)).toEqual(naive(devices, fleets));
    }),
    { numRuns: 2_000 },
  );
});

/** What happens to fleets: the selector that one gets, or undefined when it goes. */
const changes = fc.array(
  fc.record({
    name: fc.constantFrom('f0', 'f1', 'f2', 'f3'),
    selector: fc.option(selector, { nil: undefined }),
  }),
  { maxLength: 30 },
);

it('finds after many changes what an index made anew finds', () => {
  fc.assert(
    fc.property(changes, fc.array(labels), (all, devices) => {
      const index = new FleetIndex();
      const living = new Map<string, SelectingFleet>();
      for (const { name, selector: changed } of all) {
        const one = fleet(name, changed ?? null);
        if (changed === undefined) {
          living.delete(name);
          index.delete(one.fleet);
        } else {
          living.set(name, one);
          index.set(one);
        }
      }
      const anew = new FleetIndex(living.values());
      const names = (from: FleetIndex, device: Record<string, string>) =>
        from
          .matching(device)
          .map((found) => found.name)
          .sort();
      expect(index.size).toBe(living.size);
      for (const one of devices) expect(names(index, one)).toEqual(names(anew, one));
    }),
    { numRuns: 1_000 },
  );
});

it('keeps nothing of fleets that are gone', () => {
  fc.assert(
    fc.property(someFleets, (fleets) => {
      const index = new FleetIndex(fleets);
      for (const one of fleets) index.delete(one.fleet);
      expect(index).toEqual(new FleetIndex());
    }),
  );
});
