import { describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { updateTimeoutMs } from './crowd-manifests.js';
import { habitOf, reportsOf } from './habits.js';

const random = () => new Random(1);

describe('habits', () => {
  it('are prompt, of all but a few devices in a hundred', () => {
    const habits = Array.from({ length: 5_000 }, (_value, at) => habitOf(at));
    const shares = Map.groupBy(habits, (habit) => habit);
    expect(new Set(shares.keys())).toEqual(new Set(['prompt', 'silent', 'late', 'restless']));
    expect(shares.get('prompt')!.length).toBeGreaterThan(4_800);
  });

  it('say nothing, or late, or go back for a moment', () => {
    expect(reportsOf('silent', 3, random())).toEqual([]);
    expect(reportsOf('late', 3, random())[0]!.afterMs).toBeGreaterThan(updateTimeoutMs);
    const [prompt] = reportsOf('prompt', 3, random());
    expect(prompt!.afterMs).toBeLessThan(updateTimeoutMs);
    const said = reportsOf('restless', 3, random());
    expect(said.map(({ renderedVersion }) => renderedVersion)).toEqual([3, 2, 3]);
    expect(said.map(({ afterMs }) => afterMs)).toEqual(
      said.map(({ afterMs }) => afterMs).toSorted((a, b) => a - b),
    );
  });
});
