import { describe, expect, it } from '@jest/globals';
import { ratioOf } from './api.js';
import { requireEqual } from './same-answers.js';

const rate = (server: number, postgres: number) => ({
  ...{ perSecond: 100, cpu: { server, postgres, requester: 1_000 } },
});

describe('the rival', () => {
  it('has to do what Skein does', () => {
    expect(() => requireEqual('a device', { a: 1 }, { a: 1 })).not.toThrow();
    expect(() => requireEqual('a device', { a: 1 }, { a: '1' })).toThrow(
      /a device: the bare server \(actual\) differs/,
    );
    expect(() => requireEqual('a device', { a: 1, b: undefined }, { a: 1 })).toThrow('a device');
  });
});

describe('the ratio', () => {
  it('is the median of the runs, of server and PostgreSQL together', () => {
    const bare = rate(100, 100);
    const pairs = [rate(200, 100), rate(900, 100), rate(140, 100)];
    expect(ratioOf(pairs.map((skein) => ({ skein, bare })))).toBe(1.5);
  });

  it('is of the time where the kernel does not say what was used', () => {
    const pair = {
      skein: { perSecond: 100, cpu: undefined },
      bare: { perSecond: 250, cpu: undefined },
    };
    expect(ratioOf([pair])).toBe(2.5);
  });
});
