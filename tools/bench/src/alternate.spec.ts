import { describe, expect, it } from '@jest/globals';
import { alternate } from './alternate.js';

const measure = (runs: number, parts: string[]) => {
  const order: string[] = [];
  const said: string[] = [];
  let count = 0;
  const turn = (name: string) => async () => {
    order.push(name);
    return (count += 1);
  };
  const turns = { one: turn('one'), two: turn('two'), three: turn('three') };
  const say = (line: string) => said.push(line);
  const result = alternate({ runs, parts, say }, turns, (part, value) => `${part} ${value}`);
  return result.then((measured) => ({ measured, order, said }));
};

describe('alternate', () => {
  it('measures one part after the other, run by run', async () => {
    const { measured, order, said } = await measure(2, ['one', 'two', 'three']);
    expect(order).toEqual(['one', 'two', 'three', 'one', 'two', 'three']);
    expect(measured).toEqual({ one: [1, 4], two: [2, 5], three: [3, 6] });
    expect(said).toContain('run 2: three 6');
  });

  it('leaves out what is not wanted', async () => {
    const { measured } = await measure(2, ['two']);
    expect(measured).toEqual({ two: [1, 2] });
  });
});
