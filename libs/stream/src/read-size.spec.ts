import { describe, expect, it } from '@jest/globals';
import { MAX_EVENT_BYTES } from '@skein/events';
import { ReadSize } from './read-size.js';

const bounds = { entries: 500, bytes: 4 * 1024 * 1024 };

describe('how much is read', () => {
  it('begins so that events of the largest usual size fit', () => {
    expect(new ReadSize(bounds).count * MAX_EVENT_BYTES).toBe(bounds.bytes);
    expect(new ReadSize({ entries: 10, bytes: bounds.bytes }).count).toBe(10);
    expect(new ReadSize({ entries: 10, bytes: 1 }).count).toBe(1);
  });

  it('halves after a read that was too large, down to one', () => {
    const size = new ReadSize(bounds);
    const counts = Array.from({ length: 8 }, () => {
      size.learn(size.count, bounds.bytes + 1);
      return size.count;
    });
    expect(counts).toEqual([32, 16, 8, 4, 2, 1, 1, 1]);
  });

  it('grows slowly after full reads that were small, up to the bound', () => {
    const size = new ReadSize(bounds);
    size.learn(64, 1_000);
    expect(size.count).toBe(72);
    for (let read = 0; read < 100; read += 1) size.learn(size.count, 1_000);
    expect(size.count).toBe(bounds.entries);
  });

  it.each([
    ['a read that was not full', 63, 1_000],
    ['a read that was nearly too large', 64, bounds.bytes],
    ['a read that found nothing', 0, 0],
  ])('stays after %s', (_name, entries, bytes) => {
    const size = new ReadSize(bounds);
    size.learn(entries, bytes);
    expect(size.count).toBe(64);
  });
});
