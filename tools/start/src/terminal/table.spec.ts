import { describe, expect, it } from '@jest/globals';
import { table } from './table.js';

describe('table', () => {
  it('aligns its columns', () => {
    expect(table(['device', 'state'], [['a', 'UpToDate'], ['edge-10']])).toBe(
      ['device   state', '───────  ────────', 'a        UpToDate', 'edge-10'].join('\n'),
    );
  });
});
