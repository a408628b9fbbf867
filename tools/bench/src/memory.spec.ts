import { describe, expect, it } from '@jest/globals';
import { peakIn, peakMegabytes, residentIn, residentMegabytes } from './memory.js';

describe('the most memory that a process had', () => {
  it('is read from its line', () => {
    const status = 'Name:\tnode\nVmPeak:\t 9 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  1024 kB\n';
    expect(peakIn(status)).toBe(204_800);
    expect(peakIn('Name:\tnode\n')).toBeUndefined();
    expect(residentIn(status)).toBe(1_024);
    expect(residentIn('Name:\tnode\n')).toBeUndefined();
  });

  it('is at least what it has now', () => {
    const megabytes = process.memoryUsage.rss() / 2 ** 20;
    const peak = peakMegabytes(process.pid);
    if (process.platform !== 'linux') expect(peak).toBeUndefined();
    // The kernel counts in steps.
    else expect(peak!).toBeGreaterThan(megabytes * 0.9);
  });

  it('is nothing for a process that is not there', () => {
    expect(peakMegabytes(-1)).toBeUndefined();
    expect(residentMegabytes(-1)).toBeUndefined();
  });
});
