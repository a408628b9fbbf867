import { describe, expect, it } from '@jest/globals';
import { Batched } from './batched.js';

describe('questions for many', () => {
  it('are asked at once when they come at once, and gather while one is on its way', async () => {
    const asked: number[][] = [];
    const gates: (() => void)[] = [];
    const batched = new Batched<number, number>(async (keys) => {
      asked.push([...keys]);
      await new Promise<void>((resolve) => gates.push(resolve));
      return keys.map((key) => key * 2);
    });
    const first = Promise.all([batched.get(1), batched.get(2)]);
    await Promise.resolve();
    await Promise.resolve();
    const second = Promise.all([batched.get(3), batched.get(4)]);
    gates.shift()!();
    expect(await first).toEqual([2, 4]);
    await Promise.resolve();
    gates.shift()!();
    expect(await second).toEqual([6, 8]);
    expect(asked).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('have a thousand keys at the most', async () => {
    const sizes: number[] = [];
    const batched = new Batched<number, number>((keys) => {
      sizes.push(keys.length);
      return Promise.resolve(keys);
    });
    const keys = Array.from({ length: 2_500 }, (_, key) => key);
    expect(await Promise.all(keys.map((key) => batched.get(key)))).toEqual(keys);
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });

  it('fail for those who asked, and for nobody after them', async () => {
    let failing = true;
    const batched = new Batched<number, number>((keys) =>
      failing ? Promise.reject(new Error('away')) : Promise.resolve(keys),
    );
    await expect(batched.get(1)).rejects.toThrow('away');
    failing = false;
    expect(await batched.get(2)).toBe(2);
  });

  const asking = (fails: (keys: readonly number[]) => Error | undefined) => {
    const sizes: number[] = [];
    const ask = (keys: readonly number[]) => {
      sizes.push(keys.length);
      const error = fails(keys);
      return error ? Promise.reject(error) : Promise.resolve(keys);
    };
    return { sizes, ask };
  };

  it('fail for those alone who make them fail', async () => {
    const { ask } = asking((keys) => (keys.includes(5) ? new Error('five') : undefined));
    const batched = new Batched<number, number>(ask);
    const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map((key) => batched.get(key)));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((key) => key !== 5),
    );
  });

  it('are not asked again and again when nobody is there to answer', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const { ask, sizes } = asking(() => away);
    const batched = new Batched<number, number>(ask);
    await Promise.allSettled([1, 2, 3, 4].map((key) => batched.get(key)));
    expect(sizes).toEqual([4]);
  });

  it('gather for a while, and no longer than they are full', async () => {
    const { ask, sizes } = asking(() => undefined);
    const settings = { gatherMs: 50, weigh: (key: number) => key, mostWeight: 100 };
    const batched = new Batched<number, number>(ask, settings);
    const first = batched.get(10);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await Promise.all([first, batched.get(20)])).toEqual([10, 20]);
    await Promise.all([60, 30, 20, 500, 1].map((key) => batched.get(key)));
    expect(sizes).toEqual([2, 2, 1, 1, 1]);
  });
});
