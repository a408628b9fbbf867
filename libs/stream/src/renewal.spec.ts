import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Renewal } from './renewal.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function renewing(renew: () => Promise<void>) {
  let count = 0;
  const renewal = new Renewal(() => {
    count += 1;
    return renew();
  }, 1_000);
  return { renewal, count: () => count };
}

describe('a renewal', () => {
  it('comes again and again, until it is stopped', async () => {
    const { renewal, count } = renewing(async () => undefined);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(count()).toBe(3);
    renewal.stop();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(count()).toBe(3);
  });

  it('does not end with one that fails', async () => {
    const { renewal, count } = renewing(async () => {
      throw new Error('away');
    });
    await jest.advanceTimersByTimeAsync(2_000);
    expect(count()).toBe(2);
    renewal.stop();
  });

  it('waits for the one before', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { renewal, count } = renewing(() => promise);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(count()).toBe(1);
    resolve();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(count()).toBe(2);
    renewal.stop();
  });
});
