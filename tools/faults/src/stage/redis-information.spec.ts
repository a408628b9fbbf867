import { describe, expect, it } from '@jest/globals';
import { figureOf } from './redis-information.js';

describe('a figure of INFO', () => {
  const information =
    '# Memory\r\nused_memory:1048576\r\nused_memory_human:1.00M\r\nerrorstat_OOM:count=12\r\n';

  it('is a number', () => expect(figureOf(information, 'used_memory')).toBe(1_048_576));
  it('is the first of a list', () => expect(figureOf(information, 'errorstat_OOM')).toBe(12));
  it('is 0 when there is none', () => expect(figureOf(information, 'evicted_keys')).toBe(0));
});
