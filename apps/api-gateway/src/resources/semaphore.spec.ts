import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Semaphore } from './semaphore.js';

it('lets so many at a time, in the order in which they asked, and goes on after failures', async () => {
  const semaphore = new Semaphore(2);
  const begun: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const all = Promise.allSettled(
    ends.map(({ promise }, index) =>
      semaphore.run(() => {
        begun.push(index);
        return promise;
      }),
    ),
  );
  await turn();
  expect(begun).toEqual([0, 1]);
  ends[1]!.reject(new Error('failed'));
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  ends.forEach(({ resolve }, index) => resolve(index));
  const results = (await all).map((one) => (one.status === 'fulfilled' ? one.value : 'failed'));
  expect(results).toEqual([0, 'failed', 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(await semaphore.run(() => Promise.resolve('again'))).toBe('again');
});
