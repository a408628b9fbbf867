import { describe, expect, it } from '@jest/globals';
import { Countdown } from './countdown.js';

describe('Countdown', () => {
  it('resolves once it has counted so many, from the beginning', async () => {
    const countdown = new Countdown();
    const reached: number[] = [];
    const waits = [3, 1].map((count) => countdown.reaches(count).then(() => reached.push(count)));
    countdown.add();
    await waits[1];
    expect(reached).toEqual([1]);
    countdown.add();
    countdown.add();
    await waits[0];
    expect(reached).toEqual([1, 3]);
  });

  it('resolves at once for what it has counted already', async () => {
    const countdown = new Countdown();
    countdown.add();
    countdown.add();
    await countdown.reaches(2);
    await countdown.reaches(0);
  });
});
