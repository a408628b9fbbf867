import { describe, expect, it } from '@jest/globals';
import { groupNamed, lastGiven } from './group-info.js';

const answer = [
  ['name', 'rollout', 'pending', 0, 'last-delivered-id', '9-0'],
  ['name', 'selector', 'pending', 3, 'last-delivered-id', '17-0', 'lag', null],
];

describe('what Redis says of a group', () => {
  it('is found by its name', () => {
    expect(groupNamed('selector', answer)).toMatchObject({ pending: 3, lag: null });
    expect(groupNamed('selector', [])).toBeUndefined();
  });

  it('has the number of the last event that it was given', () => {
    expect(lastGiven(groupNamed('selector', answer))).toBe(17);
    expect(lastGiven(undefined)).toBe(0);
  });
});
