import { describe, expect, it } from '@jest/globals';
import { growth, hitRatio, remember, type History } from './history.js';
import { figures } from '../../test/kv-figures.js';

const minutes = (count: number) => count * 60_000;

describe('what is remembered of a server', () => {
  it('is one line a minute, with the most that was used, of an hour at the most', () => {
    let history: History = [];
    for (let second = 0; second < 7_200; second += 5) {
      const usedBytes = second % 60 === 30 ? 90 : 10;
      history = remember(history, figures({ usedBytes, evictedKeys: second }), second * 1_000);
    }
    expect(history).toHaveLength(60);
    expect(history.every(({ fill }) => fill === 0.9)).toBe(true);
    expect(growth(history, 'evicted', 5)).toBe(300);
    expect(growth(history, 'evicted')).toBe(59 * 60);
  });

  it('is nothing of the time before a restart', () => {
    const before = remember([], figures({ hits: 1_000, misses: 500 }), minutes(1));
    const after = remember(before, figures({ hits: 10 }), minutes(2));
    expect(after).toHaveLength(1);
    expect(growth(after, 'hits')).toBe(0);
  });

  it('has a hit ratio once enough was looked up', () => {
    const start = remember([], figures({ hits: 900, misses: 100 }), minutes(1));
    const few = remember(start, figures({ hits: 950, misses: 140 }), minutes(2));
    expect(hitRatio(few)).toBeUndefined();
    const enough = remember(start, figures({ hits: 950, misses: 150 }), minutes(2));
    expect(hitRatio(enough)).toBe(0.5);
  });
});
