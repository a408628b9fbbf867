import { describe, expect, it } from '@jest/globals';
import { ending, endings, watchEvent } from './watch-event.js';
import { Watcher } from './watcher.js';

const bounds = { mostBytes: 1_000, lifeMs: 60_000 };
const event = (size: number, extra = {}) =>
  watchEvent('MODIFIED', { text: 'x'.repeat(size) }, extra);
const typesOf = async (watcher: Watcher) => {
  const types: string[] = [];
  for await (const taken of watcher) types.push(...taken.map(({ type }) => type));
  return types;
};

describe('a watcher', () => {
  it('hands over what there is, in order, and waits for more', async () => {
    const watcher = new Watcher(bounds);
    const taking = watcher.take();
    const [one, two] = [event(1), event(2)];
    watcher.offer([one, two]);
    expect(await taking).toEqual([one, two]);
    watcher.end();
    expect(await watcher.take()).toBeUndefined();
  });

  it('that takes nothing is ended with a word, and holds nothing more', async () => {
    const watcher = new Watcher(bounds);
    for (let index = 0; index < 100; index += 1) watcher.offer([event(200)]);
    expect(watcher.ended.aborted).toBe(true);
    expect(watcher.reason).toBe('TooSlow');
    expect(await typesOf(watcher)).toEqual(['ERROR']);
  });

  it('may take one thing that is larger than all that may wait', async () => {
    const watcher = new Watcher(bounds);
    watcher.offer([event(5_000)]);
    expect(watcher.ended.aborted).toBe(false);
    expect(await watcher.take()).toHaveLength(1);
  });

  it('hands over little at once', async () => {
    const watcher = new Watcher({ ...bounds, mostBytes: 1_000_000 });
    watcher.offer(Array.from({ length: 100 }, () => event(5_000)));
    expect((await watcher.take())!.length).toBeLessThan(20);
  });

  it('is told what waits before the last word, unless its client is gone', async () => {
    const [told, gone] = [new Watcher(bounds), new Watcher(bounds)];
    for (const watcher of [told, gone]) watcher.offer([event(1)]);
    told.end(ending(endings.stopping()));
    gone.end();
    expect(await typesOf(told)).toEqual(['MODIFIED', 'ERROR']);
    expect(await typesOf(gone)).toEqual([]);
    expect([told.reason, gone.reason]).toEqual(['ServiceUnavailable', 'Gone']);
  });

  it('is told what is in doubt only if it joined before that was certain', async () => {
    const [early, late] = [new Watcher(bounds), new Watcher(bounds)];
    early.since = 5;
    late.since = 9;
    for (const watcher of [early, late]) {
      watcher.offer([event(1, { doubt: 7 })]);
      watcher.end(ending(endings.stopping()));
    }
    expect(await typesOf(early)).toEqual(['ERROR']);
    expect(await typesOf(late)).toEqual(['MODIFIED', 'ERROR']);
  });

  it('lets nobody wait for a client that is gone', async () => {
    const watcher = new Watcher(bounds);
    watcher.offer([event(900)]);
    const emptied = watcher.emptied();
    watcher.end();
    await emptied;
  });
});
