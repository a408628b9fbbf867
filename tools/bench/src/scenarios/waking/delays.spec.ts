import { describe, expect, it } from '@jest/globals';
import { delaysOf } from './delays.js';

const commits = [
  { began: 10, acknowledged: 12 },
  { began: 20, acknowledged: 23 },
  { began: 30, acknowledged: 31 },
];

describe('delaysOf', () => {
  it('counts from the acknowledgement to the first time that the commit woke somebody', () => {
    expect(delaysOf(commits, [13, 14, 25, 31.5])).toEqual([1, 2, 0.5]);
  });

  it('is negative where the listener knew before the committer', () => {
    expect(delaysOf(commits, [11, 24, 32])).toEqual([-1, 1, 1]);
  });

  it('leaves out what woke nobody, and what came before the first commit', () => {
    expect(delaysOf(commits, [5, 13, 33])).toEqual([1, 2]);
    expect(delaysOf(commits, [])).toEqual([]);
  });
});
