import { describe, expect, it } from '@jest/globals';
import type { Redis } from 'ioredis';
import { setImmediate as turn } from 'node:timers/promises';
import { waker } from './wake.js';

function publisher(answer: () => Promise<number>) {
  const published: string[] = [];
  const publish = (channel: string) => {
    published.push(channel);
    return answer();
  };
  return { published, redis: { publish } as unknown as Redis };
}

describe('a waker', () => {
  it('makes one hint of many commits in one turn of the event loop, and another one later', async () => {
    const { published, redis } = publisher(async () => 1);
    const wake = waker(redis, 'skein:wake');
    for (let commit = 0; commit < 5; commit += 1) wake();
    await turn();
    expect(published).toEqual(['skein:wake']);
    wake();
    await turn();
    expect(published).toHaveLength(2);
  });

  it('does not mind that Redis is away', async () => {
    const { published, redis } = publisher(() => Promise.reject(new Error('away')));
    waker(redis, 'skein:wake')();
    await turn();
    await turn();
    expect(published).toHaveLength(1);
  });
});
