import { describe, expect, it } from '@jest/globals';
import { networkOf } from './network.js';
import { RateLimits, WINDOW_MS } from './rate-limits.js';
import { RateWindow } from './rate-window.js';

const START = 1_000 * WINDOW_MS;

function ratesAt(clock: { now: number }) {
  const perSecond = { user: 1, device: 2, anonymous: 1, failure: 0 };
  return new RateLimits(undefined, { perSecond, prefix: 'test', now: () => clock.now });
}
const times = (count: number, work: () => void) => {
  for (let done = 0; done < count; done += 1) work();
};

describe('the rate of one client', () => {
  it('is that of its kind, over the window; then it is told when to come again', () => {
    const clock = { now: START + 2_500 };
    const rates = ratesAt(clock);
    times(10, () => rates.ofIdentity('user', 'ann'));
    times(20, () => rates.ofIdentity('device', 'ann'));
    for (const limited of ['user', 'device'] as const) {
      expect(() => rates.ofIdentity(limited, 'ann')).toThrow(
        expect.objectContaining({ code: 'too-many', details: { retryAfterSeconds: 8 } }),
      );
    }
    rates.ofIdentity('user', 'ben');
    clock.now = START + WINDOW_MS;
    rates.ofIdentity('user', 'ann');
  });

  it('has no limit where it is 0', () => {
    const rates = ratesAt({ now: START });
    times(1_000, () => rates.ofAddress('failure', '192.0.2.1'));
  });

  it('is that of its network, and of all others together when there are too many', () => {
    const rates = ratesAt({ now: START });
    times(10, () => rates.ofAddress('anonymous', '2001:db8::1'));
    expect(() => rates.ofAddress('anonymous', '2001:db8::ffff')).toThrow('too many requests');
    for (let one = 0; one < 10_009; one += 1)
      rates.ofAddress('anonymous', `10.0.${one >> 8}.${one & 255}`);
    expect(() => rates.ofAddress('anonymous', '192.0.2.1')).toThrow('too many requests');
    rates.ofAddress('anonymous', '10.0.0.1');
  });
});

describe('what replicas tell each other', () => {
  it('counts for all, beside what was let in meanwhile', () => {
    const window = new RateWindow(1);
    times(3, () => window.take('a', 10));
    const told = window.untold();
    times(2, () => window.take('a', 10));
    window.learn(told, new Map([['a', 7]]));
    expect(window.take('a', 10)).toBe(true);
    expect(window.take('a', 10)).toBe(false);
    expect([...window.untold()]).toEqual([['a', 3]]);
  });

  it('is our own count when nobody answers', () => {
    const window = new RateWindow(1);
    times(3, () => window.take('a', 4));
    window.learn(window.untold(), new Map());
    expect([window.take('a', 4), window.take('a', 4)]).toEqual([true, false]);
  });
});

describe('a network', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
});
