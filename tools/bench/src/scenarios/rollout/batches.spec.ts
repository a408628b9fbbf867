import { describe, expect, it } from '@jest/globals';
import { batchesText, expectedBatches } from './batches.js';

describe('the batches of a rollout', () => {
  it('take one in a hundred, up to one in ten, and all the others', () => {
    expect(batchesText(expectedBatches(2_000))).toBe(
      '1: 20 devices, 2: 180 devices, 3: 1800 devices',
    );
  });

  it('are rounded up', () => {
    expect(expectedBatches(101).map(({ devices }) => devices)).toEqual([2, 9, 90]);
  });
});
