import { expect, it } from '@jest/globals';
import { mostConnections, openFilesIn } from './open-files.js';

const limits = (hard: string) =>
  `Limit                     Soft Limit           Hard Limit           Units
Max processes             95859                95859                processes
Max open files            1024                 ${hard}                files
Max locked memory         unlimited            unlimited            bytes`;

it('is what the hard limit of open files leaves', () => {
  expect(openFilesIn(limits('20000'))).toBe(20_000);
  expect(openFilesIn(limits('unlimited'))).toBe(Number.POSITIVE_INFINITY);
  expect(mostConnections(limits('20000'))).toBe(19_700);
});
