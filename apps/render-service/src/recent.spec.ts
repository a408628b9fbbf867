import { expect, it } from '@jest/globals';
import { Recent } from './recent.js';

it('forgets what was not used for longest when it grows too large', () => {
  const recent = new Recent<string>(10);
  recent.set('a', 'first', 4);
  recent.set('b', 'second', 4);
  expect(recent.get('a')).toBe('first');
  recent.set('c', 'third', 4);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual(['first', undefined, 'third']);
  recent.set('d', 'larger than all', 11);
  expect(['a', 'c', 'd'].map((key) => recent.get(key))).toEqual([undefined, undefined, undefined]);
  recent.set('e', 'fits', 10);
  expect(recent.get('e')).toBe('fits');
});
