import { expect, it } from '@jest/globals';
import type { CatchUp } from './catch-up.js';
import { BEGINNING } from './positions.js';
import { bookmark } from './watch-event.js';
import { WatchGroup } from './watch-group.js';
import type { WatchedList } from './watched-list.js';
import { Watcher } from './watcher.js';

const empty = () => Promise.resolve(new Map<string, object>());
const list: WatchedList = {
  ...{ kind: 'Device', org: 'org', key: 'key', isSelective: false },
  ...{ read: empty, left: empty },
  page: () => Promise.resolve({ items: [], next: undefined }),
  uids: () => Promise.resolve(undefined),
};

it('lets in nobody who was not told what happened before: also not one who comes meanwhile', async () => {
  const told: Watcher[] = [];
  const newcomer = () => new Watcher({ mostBytes: 1_000, lifeMs: 60_000 });
  const [first, second] = [newcomer(), newcomer()];
  const group: WatchGroup = new WatchGroup(list, {
    tokenOf: () => 'token',
    settled: () => BEGINNING,
    schedule: () => undefined,
    catchUp: {
      bookmark: () => bookmark('Device', 'token'),
      tellRest: (_list: WatchedList, watcher: Watcher) => {
        told.push(watcher);
        return Promise.resolve();
      },
      lastPosition: () => {
        if (told.length === 1) group.join({ watcher: second, at: BEGINNING });
        return Promise.resolve(7);
      },
    } as unknown as CatchUp,
  });
  for (const watcher of [first, second]) group.expect(watcher);
  group.join({ watcher: first, at: BEGINNING });
  await group.step();
  expect(told).toEqual([first]);
  expect(group.hasWork).toBe(true);
  await group.step();
  expect(told).toEqual([first, second]);
  expect(group.hasWork).toBe(false);
});
