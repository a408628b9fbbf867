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
  const told = { from: BEGINNING, at: BEGINNING, open: [] };
  const toldRest: Watcher[] = [];
  const newcomer = () => new Watcher({ mostBytes: 1_000, lifeMs: 60_000 });
  const [first, second] = [newcomer(), newcomer()];
  const group: WatchGroup = new WatchGroup(list, {
    tokenOf: () => 'token',
    settled: () => BEGINNING,
    schedule: () => undefined,
    catchUp: {
      bookmark: () => bookmark('Device', 'token'),
      tellRest: (_list: WatchedList, watcher: Watcher) => {
        toldRest.push(watcher);
        return Promise.resolve();
      },
      lastPosition: () => {
        if (toldRest.length === 1) group.join({ watcher: second, told });
        return Promise.resolve(7);
      },
    } as unknown as CatchUp,
  });
  for (const watcher of [first, second]) group.expect(watcher);
  group.join({ watcher: first, told });
  await group.step();
  expect(toldRest).toEqual([first]);
  expect(group.hasWork).toBe(true);
  await group.step();
  expect(toldRest).toEqual([first, second]);
  expect(group.hasWork).toBe(false);
});
