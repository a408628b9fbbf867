import { describe, expect, it } from '@jest/globals';
import { withDeadline } from './deadline.js';
import { SingleFlight } from './single-flight.js';
import { Turns } from './turns.js';

const never = new AbortController().signal;

describe('a single flight', () => {
  it('is shared by all that ask meanwhile, and a later asker gets a new one', async () => {
    const flights = new SingleFlight<number>();
    const gate = Promise.withResolvers<void>();
    let starts = 0;
    const work = async () => {
      await gate.promise;
      return (starts += 1);
    };
    const asked = [1, 2, 3].map(() => flights.run('key', never, work));
    gate.resolve();
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
    expect(await flights.run('key', never, work)).toBe(2);
  });

  it('goes on when one asker leaves, and ends when the last one does', async () => {
    const flights = new SingleFlight<void>();
    const [first, second] = [new AbortController(), new AbortController()];
    let aborted = false;
    const work = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<void>(() => {});
    };
    const asked = [first, second].map(({ signal }) => flights.run('key', signal, work));
    first.abort(new Error('first'));
    await expect(asked[0]).rejects.toThrow('first');
    expect(aborted).toBe(false);
    second.abort(new Error('second'));
    await expect(asked[1]).rejects.toThrow('second');
    expect(aborted).toBe(true);
  });
});

describe('turns', () => {
  it('are taken in order per key, also after a failure or by one that has left', async () => {
    const turns = new Turns();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const leaver = new AbortController();
    const taken = [
      turns.take('a', never, async () => {
        await gate.promise;
        order.push('first');
        throw new Error('failed');
      }),
      turns.take('a', leaver.signal, async () => void order.push('left')),
      turns.take('a', never, async () => void order.push('last')),
      turns.take('b', never, async () => void order.push('other key')),
    ];
    const settled = Promise.allSettled(taken);
    leaver.abort(new Error('left'));
    await taken[3];
    gate.resolve();
    expect((await settled).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(order).toEqual(['other key', 'first', 'last']);
  });
});

describe('a deadline', () => {
  it('aborts the work and says so', async () => {
    let inner: AbortSignal | undefined;
    const late = withDeadline(1, undefined, (signal) => {
      inner = signal;
      return new Promise(() => {});
    });
    await expect(late).rejects.toMatchObject({ code: 'timed-out', retryable: true });
    expect(inner?.aborted).toBe(true);
  });
});
