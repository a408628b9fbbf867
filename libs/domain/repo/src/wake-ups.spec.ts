import { expect, it } from '@jest/globals';
import { wakeUps, type RepositoryUser } from './wake-ups.js';

const users = (kind: RepositoryUser['kind'], length: number): RepositoryUser[] =>
  Array.from({ length }, (_, n) => ({ kind, uid: `${kind}-${n}` }));

it('says nothing when nobody refers to the repository', () => {
  expect(wakeUps('config', [])).toEqual([]);
});

it('tells fleets from devices', () => {
  expect(wakeUps('config', [...users('device', 1), ...users('fleet', 2)])).toEqual([
    { name: 'config', fleets: ['fleet-0', 'fleet-1'], devices: ['device-0'] },
  ]);
});

it('names each user once, at most a thousand at once', () => {
  const all = [...users('device', 1_500), ...users('fleet', 600)];
  const told = wakeUps('config', all);
  const sizes = told.map(({ fleets, devices }) => [fleets.length, devices.length]);
  expect(sizes).toEqual([
    [0, 1_000],
    [500, 500],
    [100, 0],
  ]);
  const named = told.flatMap(({ fleets, devices }) => [...fleets, ...devices]);
  expect(named.sort()).toEqual(all.map(({ uid }) => uid).sort());
});
