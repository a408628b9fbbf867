import { describe, expect, it } from '@jest/globals';
import { attempt, Raced } from './attempt.js';

function failing(times: number, error: Error) {
  const seen = { calls: 0 };
  const work = () => {
    seen.calls += 1;
    return seen.calls <= times ? Promise.reject(error) : Promise.resolve('done');
  };
  return { seen, work };
}

const postgres = (code: string) => Object.assign(new Error(code), { code });

describe('attempt', () => {
  it.each([postgres('40P01'), postgres('40001'), postgres('55P03'), new Raced('again')])(
    'runs a transaction again that only met another one (%s)',
    async (error) => {
      const { seen, work } = failing(2, error);
      expect(await attempt(work)).toBe('done');
      expect(seen.calls).toBe(3);
    },
  );

  it('gives up after a few times', async () => {
    const { seen, work } = failing(100, postgres('40P01'));
    await expect(attempt(work)).rejects.toThrow('40P01');
    expect(seen.calls).toBe(5);
  });

  it('does not run one again of which nobody knows whether it committed', async () => {
    const { seen, work } = failing(1, postgres('08006'));
    await expect(attempt(work)).rejects.toThrow('08006');
    expect(seen.calls).toBe(1);
  });
});
