import { describe, expect, it } from '@jest/globals';
import { durationMs } from './duration.js';

describe('durationMs', () => {
  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['24h', 86_400_000],
    ['1h0m1s', 3_601_000],
    ['8760h', 31_536_000_000],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each(['', '0s', '0h0m', '5', 'h', '1d', '-1s', '1.5h', '30m1h', '8761h', ' 1s', '1s\n'])(
    'refuses %j',
    (text) => {
      expect(durationMs(text)).toBeUndefined();
    },
  );
});
