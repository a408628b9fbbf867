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
});
