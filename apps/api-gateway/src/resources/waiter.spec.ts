import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, jest } from '@jest/globals';
import { Waiter } from './waiter.js';

const waiting = { org: 'o', uid: 'u', known: 1, timeoutMs: 60_000, onGone: () => () => undefined };

it('a look that fails is what comes of it, and nobody is told when it was over before', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  const left = jest.fn();
  const failing = new Waiter(waiting, left);
  failing.fail(new Error('failed'));
  await expect(failing.outcome).rejects.toThrow('failed');
  const over = new Waiter(waiting, left);
  over.end('over');
  over.fail(new Error('too late'));
  expect(await over.outcome).toBe('over');
  await turn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
  expect(left).toHaveBeenCalledWith(over);
});
