import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SharedExclusiveLock } from './shared-exclusive-lock.js';

const FOR_EVER_MS = 60_000;

let lock: SharedExclusiveLock;
let begun: string[];
/** Asks for the lock; what is done with it ends when the test says so. */
function ask(how: 'share' | 'exclude', name: string) {
  const end = Promise.withResolvers<string>();
  const done = lock[how](() => {
    begun.push(name);
    return end.promise;
  });
  return { end: () => end.resolve(name), fail: () => end.reject(new Error(name)), done };
}
/** All that can begin has begun. */
const settle = () => sleep(5);

beforeEach(() => {
  lock = new SharedExclusiveLock(FOR_EVER_MS);
  begun = [];
});

describe('a shared-exclusive lock', () => {
  it('lets those that share work together', async () => {
    const both = [ask('share', 'one'), ask('share', 'two')];
    expect(begun).toEqual(['one', 'two']);
    both.forEach(({ end }) => end());
    expect(await Promise.all(both.map(({ done }) => done))).toEqual(['one', 'two']);
  });

  it('lets one alone wait for those before it, and those after it wait for it', async () => {
    const one = ask('share', 'one');
    const alone = ask('exclude', 'alone');
    const two = ask('share', 'two');
    await settle();
    expect(begun).toEqual(['one']);
    one.end();
    await settle();
    expect(begun).toEqual(['one', 'alone']);
    alone.end();
    await settle();
    expect(begun).toEqual(['one', 'alone', 'two']);
    two.end();
    expect(await two.done).toBe('two');
  });

  it('lets two alone work one after the other, and those that share after both', async () => {
    const [one, two] = [ask('exclude', 'one'), ask('exclude', 'two')];
    const shared = ask('share', 'shared');
    await settle();
    expect(begun).toEqual(['one']);
    one.end();
    await settle();
    expect(begun).toEqual(['one', 'two']);
    two.end();
    await settle();
    expect(begun).toEqual(['one', 'two', 'shared']);
    shared.end();
    await shared.done;
  });

  it('goes on after failures, which only who asked for them hears of', async () => {
    const failing = [ask('share', 'one'), ask('exclude', 'two'), ask('share', 'three')];
    const ends = Promise.allSettled(failing.map(({ done }) => done));
    for (const { fail } of failing) {
      fail();
      await settle();
    }
    expect((await ends).map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    const last = ask('exclude', 'last');
    last.end();
    expect(await last.done).toBe('last');
    await settle();
    const next = ask('share', 'at once');
    expect(begun.at(-1)).toBe('at once');
    next.end();
    await next.done;
  });

  it('lets nobody wait longer than their patience for what is stuck', async () => {
    lock = new SharedExclusiveLock(20);
    ask('share', 'stuck');
    ask('exclude', 'stuck alone');
    const shared = ask('share', 'shared');
    await sleep(100);
    expect(begun).toEqual(['stuck', 'stuck alone', 'shared']);
    shared.end();
    expect(await shared.done).toBe('shared');
  });
});
