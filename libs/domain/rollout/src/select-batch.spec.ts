import { describe, expect, it } from '@jest/globals';
import { selectBatch, type Candidate } from './select-batch.js';

const candidates = (count: number, labels: Record<string, string>, selected = 0): Candidate[] =>
  Array.from({ length: count }, (_, n) => ({
    device: `${labels['site']}-${n}`,
    labels,
    selected: n < selected,
  }));
const lyon = { site: 'lyon' };
const selector = { matchLabels: lyon };
const fleet = [...candidates(5, lyon, 2), ...candidates(5, { site: 'nice' })];

describe('selectBatch', () => {
  it('takes matching devices that were not selected before, in their order', () => {
    expect(selectBatch({ selector }, fleet)).toEqual(['lyon-2', 'lyon-3', 'lyon-4']);
  });

  it('takes a share of those that match, counting those selected before', () => {
    expect(selectBatch({ selector, limit: '60%' }, fleet)).toEqual(['lyon-2']);
    expect(selectBatch({ limit: '60%' }, fleet)).toHaveLength(4);
  });

  it('takes all the rest without selector and limit', () => {
    expect(selectBatch({}, fleet)).toHaveLength(8);
  });

  it('takes none for a selector that asks for nothing', () => {
    expect(selectBatch({ selector: {} }, fleet)).toEqual([]);
  });
});
