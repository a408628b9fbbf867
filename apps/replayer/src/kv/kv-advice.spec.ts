import { describe, expect, it } from '@jest/globals';
import { figures } from '../../test/kv-figures.js';
import { remember, type History } from './history.js';
import { adviseOnPersistence, adviseOnSize } from './kv-advice.js';
import type { Measured } from './kv-figures.js';

const MIB = 1_024 * 1_024;
const GIB = 1_024 * MIB;

/** The last look, after so many minutes with the given figures at their begin and end. */
function after(
  minutes: number,
  start: Partial<Measured>,
  end: Partial<Measured> = start,
  earlier: History = [],
) {
  let history = earlier;
  for (let minute = 0; minute < minutes; minute += 1) {
    history = remember(history, figures(start), minute * 60_000);
  }
  const last = figures({ ...start, ...end });
  return adviseOnSize(last, remember(history, last, minutes * 60_000));
}

const codes = (found: readonly { code: string }[]) => found.map(({ code }) => code);

describe('advice on the size of a server', () => {
  it('is none while nothing rises, and memory is used', () => {
    expect(after(70, { usedBytes: 60, evictedKeys: 500, refused: 3 })).toEqual([]);
  });

  it('is more when keys are evicted now, not when they were an hour ago', () => {
    const size = { usedBytes: 0.99 * GIB, maxmemoryBytes: GIB };
    const [advice, ...rest] = after(10, size, { evictedKeys: 7 });
    expect(rest).toEqual([]);
    expect(advice).toMatchObject({ code: 'evictions-rising', severity: 'unwise' });
    expect(advice!.cure).toBe('set maxmemory 1536mb, in a container of 2314mb');
  });

  it('is none when that ended some minutes ago', () => {
    const earlier = remember([], figures(), 0);
    const [start, end] = [
      { evictedKeys: 7, refused: 1 },
      { evictedKeys: 7, refused: 1 },
    ];
    expect(codes(after(4, start, end, earlier))).toEqual(['delayed-by-memory', 'evictions-rising']);
    expect(after(10, start, end, earlier)).toEqual([]);
  });

  it('is what the container allows, when that is more', () => {
    const size = { maxmemoryBytes: GIB, containerBytes: 4 * GIB };
    expect(after(10, size, { evictedKeys: 7 })[0]!.cure).toBe('set maxmemory 2872mb');
  });

  it('is more when less than 80 % of what is looked up is there; streams look nothing up', () => {
    const end = { hits: 790, misses: 210 };
    expect(codes(after(10, {}, end))).toEqual(['low-hit-ratio']);
    expect(codes(after(10, {}, { hits: 800, misses: 200 }))).toEqual([]);
    expect(codes(after(10, { use: 'streams' }, { ...end, use: 'streams' }))).toEqual([]);
  });

  it('is more, urgently, when commands are refused', () => {
    for (const use of ['streams', 'cache', 'both'] as const) {
      expect(after(10, { use }, { refused: 1 })).toMatchObject([
        { code: 'delayed-by-memory', severity: 'unsafe' },
      ]);
    }
  });

  it('is less when under half was used for an hour', () => {
    const size = { usedBytes: 100 * MIB, maxmemoryBytes: GIB };
    expect(after(50, size)).toEqual([]);
    const [advice] = after(60, size);
    expect(advice).toMatchObject({ code: 'memory-unused', severity: 'unwise' });
    expect(advice!.cure).toMatch(/^maxmemory 682mb, in a container of 1176mb/);
    expect(after(60, size, { usedBytes: 0.5 * GIB })).toEqual([]);
    expect(after(60, { usedBytes: 10, maxmemoryBytes: 0 })).toEqual([]);
  });

  it('does not contradict itself', () => {
    const size = { usedBytes: 1, maxmemoryBytes: 100 };
    expect(codes(after(60, size, { misses: 500 }))).toEqual(['low-hit-ratio']);
  });
});

describe('advice on persistence', () => {
  it('is given when a write failed, not when nothing is known', () => {
    expect(codes(adviseOnPersistence(figures({ persistenceOk: false })))).toEqual([
      'persistence-fails',
    ]);
    expect(adviseOnPersistence(figures({ persistenceOk: null }))).toEqual([]);
  });
});
