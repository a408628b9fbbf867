import { describe, expect, it } from '@jest/globals';
import { nextPortion } from './portion.js';
import type { Entry } from './reader.js';

const entry = (sequence: number, bytes: number, again = false): Entry => ({
  sequence,
  id: '',
  text: '',
  bytes,
  again,
});
/** The numbers of each portion, one after the other. */
function portions(entries: readonly Entry[], bytes: number): number[][] {
  const made: number[][] = [];
  for (let left = entries; left.length > 0; left = left.slice(made.at(-1)!.length)) {
    made.push(nextPortion(left, bytes).map(({ sequence }) => sequence));
  }
  return made;
}

describe('the portions of what was read', () => {
  it('have as many bytes as fit, in order', () => {
    const entries = [5, 5, 1, 10, 3, 3].map((bytes, at) => entry(at + 1, bytes));
    expect(portions(entries, 10)).toEqual([[1, 2], [3], [4], [5, 6]]);
  });

  it('have one entry at least', () => {
    expect(portions([entry(1, 11), entry(2, 11), entry(3, 1)], 10)).toEqual([[1], [2], [3]]);
  });

  it('leave each entry alone that was delivered before', () => {
    const entries = [false, false, true, true, false, true].map((again, at) =>
      entry(at + 1, 1, again),
    );
    expect(portions(entries, 10)).toEqual([[1, 2], [3], [4], [5], [6]]);
  });

  it('are none of nothing', () => {
    expect(nextPortion([], 10)).toEqual([]);
  });
});
