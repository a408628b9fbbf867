import { expect, it } from '@jest/globals';
import { Counts } from './handling-metrics.js';

it('counts since the last look, and puts back what could not be written down', () => {
  const counts = new Counts();
  const shown: number[] = [];
  const counter = counts.of('hits', { add: (count) => shown.push(count) });
  counter.add(2);
  counter.add(0);
  counter.add(1);
  const taken = counts.take();
  expect([taken, counts.take(), shown]).toEqual([{ hits: 3 }, {}, [2, 0, 1]]);
  counter.add(1);
  counts.put(taken);
  expect(counts.take()).toEqual({ hits: 4 });
});
