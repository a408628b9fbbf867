import { expect, it } from '@jest/globals';
import { InTurn } from './in-turn.js';

it('does things of one key in order, also after one that failed, and of others meanwhile', async () => {
  const turns = new InTurn();
  const done: string[] = [];
  const { promise: free, resolve } = Promise.withResolvers<void>();
  const first = turns.run('a', async () => {
    await free;
    done.push('a1');
    throw new Error('no');
  });
  const second = turns.run('a', async () => done.push('a2'));
  await turns.run('b', async () => done.push('b'));
  resolve();
  await expect(first).rejects.toThrow('no');
  expect(await second).toBe(3);
  expect(done).toEqual(['b', 'a1', 'a2']);
  expect(turns.size).toBe(0);
});
