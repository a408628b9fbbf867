import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { cut } from './cut.js';

describe('cut', () => {
  it('leaves what fits, and otherwise its beginning, in whole characters', () => {
    expect(cut('short', 10)).toBe('short');
    expect(cut('longer than that', 7)).toBe('longer…');
    expect(cut('a\ud800', 100)).toBe('a\ufffd');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const found = cut(text, 100);
        expect(found.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(found)).toBeLessThanOrEqual(100 + Buffer.byteLength('…'));
        if (found !== text.toWellFormed())
          expect(text.toWellFormed().startsWith(found.slice(0, -2))).toBe(true);
      }),
    );
  });

  it('takes no time for a text without end', () => {
    expect(cut('ü'.repeat(1_000_000), 600)).toHaveLength(100);
  });
});
