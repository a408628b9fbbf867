import { describe, expect, it } from '@jest/globals';
import { cpuOf, usageIn } from './cpu.js';

describe('what a process has used', () => {
  it('is read from behind its name, which may contain anything', () => {
    const stat = '12 (a ) b) S 7 12 12 0 -1 4194304 1 2 3 4 100 20 3 1 20 0 11 0 55 66 77';
    expect(usageIn(stat)).toEqual({ parent: 7, milliseconds: 1_240 });
  });

  it('grows with what it does', () => {
    const before = cpuOf({ self: process.pid });
    const end = process.cpuUsage().user + 50_000;
    while (process.cpuUsage().user < end);
    const after = cpuOf({ self: process.pid });
    if (process.platform !== 'linux') expect(after).toBeUndefined();
    else expect(after!.self).toBeGreaterThan(before!.self);
  });

  it('is nothing for a process that is not there', () => {
    const found = cpuOf({ nobody: -1 });
    expect(found === undefined || found.nobody === 0).toBe(true);
  });
});
