import { describe, expect, it } from '@jest/globals';
import { table } from './table.js';

describe('table', () => {
  it('puts texts to the left and numbers to the right, readable', () => {
    const rows = [
      ['Skein', 34_567.891, 'batches'],
      ['a longer name', 9, ''],
    ];
    expect(table(['what', 'per second', 'note'], rows).split('\n')).toEqual([
      'what           per second  note',
      '-------------  ----------  -------',
      'Skein           34,567.89  batches',
      'a longer name           9',
    ]);
  });
});
