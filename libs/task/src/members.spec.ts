import { describe, expect, it } from '@jest/globals';
import { culprits, membersOf, nameOf, withMembers } from './members.js';
import { delivered } from '../test/unit-scene.js';

const event = (data: object) => {
  const made = delivered(1);
  return { ...made, event: { ...made.event, data } };
};
/** An attempt that fails with any of these places, and what was attempted. */
function failingAt(...places: number[]) {
  const attempts: (readonly number[])[] = [];
  const attempt = async (some: readonly number[]) => {
    attempts.push(some);
    const culprit = some.find((at) => places.includes(at));
    return culprit === undefined ? undefined : new Error(`poisoned ${culprit}`);
  };
  return { attempt, attempts };
}

describe('the members of an event', () => {
  it('are those that its data names, and none of other events', () => {
    expect(membersOf(event({ members: [1, 2] }))).toEqual([1, 2]);
    expect(membersOf(event({ labels: {} }))).toEqual([]);
  });

  it('can be fewer, and all else stays', () => {
    const whole = event({ fleet: 'x', members: [1, 2] });
    const part = withMembers(whole, [2]);
    expect(part).toEqual({
      sequence: 1,
      event: { ...whole.event, data: { fleet: 'x', members: [2] } },
    });
    expect(membersOf(whole)).toEqual([1, 2]);
  });

  it('have names that people know', () => {
    expect(nameOf([{ device: 'a' }, 7], 0)).toBe('device a');
    expect(nameOf([{ device: 'a' }, 7], 1)).toBe('member 1');
    expect(nameOf([], 3)).toBe('member 3');
  });
});

describe('the culprits', () => {
  it('are found by halving, each with its error, in order', async () => {
    const { attempt, attempts } = failingAt(2, 6);
    const found = await culprits(8, attempt);
    expect([...found!].map(([at, { message }]) => [at, message])).toEqual([
      [2, 'poisoned 2'],
      [6, 'poisoned 6'],
    ]);
    expect(attempts[0]).toEqual([0, 1, 2, 3]);
    expect(attempts).toHaveLength(10);
  });

  it.each([
    ['none fails alone', 8, []],
    ['all fail', 2, [0, 1]],
    ['too many fail', 100, Array.from({ length: 21 }, (_, at) => at * 3)],
  ])('are not to blame when %s', async (_name, count, places) => {
    expect(await culprits(count, failingAt(...places).attempt)).toBeUndefined();
  });

  it('are looked for a bounded number of times when all fail', async () => {
    const { attempt, attempts } = failingAt(...Array.from({ length: 1_000 }, (_, at) => at));
    expect(await culprits(1_000, attempt)).toBeUndefined();
    expect(attempts.length).toBeLessThan(100);
  });
});
