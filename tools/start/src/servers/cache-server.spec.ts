import { describe, expect, it } from '@jest/globals';
import { cacheServerFlags } from './cache-server.js';

describe('the flags of an own server for the cache', () => {
  it("are Flight Control's by default", () => {
    expect(cacheServerFlags({}).join(' ')).toBe(
      '--maxmemory 1gb --maxmemory-policy allkeys-lru --loglevel warning',
    );
  });

  it('are those that are set, with more at the end', () => {
    const flags = cacheServerFlags({
      REDIS_MAXMEMORY: '64MB',
      REDIS_MAXMEMORY_POLICY: 'volatile-ttl',
      REDIS_LOGLEVEL: 'notice',
      REDIS_EXTRA_FLAGS: ' --maxmemory-samples 10  --save 3600 1 60 100',
    });
    expect(flags).toEqual([
      ...['--maxmemory', '64MB', '--maxmemory-policy', 'volatile-ttl', '--loglevel', 'notice'],
      ...['--maxmemory-samples', '10', '--save', '3600 1 60 100'],
    ]);
  });

  it.each([
    ['REDIS_MAXMEMORY', 'half'],
    ['REDIS_MAXMEMORY_POLICY', 'allkeys-ttl'],
    ['REDIS_LOGLEVEL', 'info'],
    ['REDIS_EXTRA_FLAGS', 'maxmemory-samples 10'],
  ])('are refused when %s is %s', (variable, value) => {
    expect(() => cacheServerFlags({ [variable]: value })).toThrow(variable);
  });
});
