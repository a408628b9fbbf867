import { describe, expect, it } from '@jest/globals';
import { CacheConfig } from './cache-config.js';
import { readConfig } from './read.js';

const read = (more: Record<string, string>) =>
  readConfig(CacheConfig, {
    SKEIN_DATABASE_URL: 'postgres://render@127.0.0.1/skein',
    SKEIN_STREAM_REDIS_URL: 'redis://streams',
    SKEIN_STREAM_REDIS_PASSWORD: 'of the streams',
    SKEIN_SEALING_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...more,
  });

describe('the Redis of the cache', () => {
  it('is that of the streams by default', () => {
    const config = read({});
    expect(config.cacheIsShared).toBe(true);
    expect(config.cacheRedis).toEqual(config.streamRedis);
    expect(config.cacheRedis.password?.()).toBe('of the streams');
  });

  it('is entered with its own settings', () => {
    const config = read({
      SKEIN_CACHE_REDIS_URL: 'rediss+sentinel://one,two/primary',
      SKEIN_CACHE_REDIS_USERNAME: 'skein',
      SKEIN_CACHE_REDIS_TLS_CA: 'ca',
      SKEIN_CACHE_REDIS_TLS_SKIP_VERIFY: 'true',
    });
    expect(config.cacheIsShared).toBe(false);
    const { url, username, password, tls } = config.cacheRedis;
    expect([url, username?.(), password]).toEqual([
      'rediss+sentinel://one,two/primary',
      'skein',
      undefined,
    ]);
    expect([tls.ca?.(), tls.skipVerify]).toEqual(['ca', true]);
    expect(config.streamRedis.tls.skipVerify).toBe(false);
  });

  it('is no cluster', () => {
    const reading = () => read({ SKEIN_CACHE_REDIS_URL: 'redis+cluster://u:secret@one,two' });
    expect(reading).toThrow(/SKEIN_CACHE_REDIS_URL must be redis:.*slots of a cluster/);
    expect(reading).not.toThrow('secret');
  });

  it('must be wanted with TLS by its own URL', () => {
    const tls = { SKEIN_STREAM_REDIS_URL: 'rediss://streams', SKEIN_CACHE_REDIS_TLS_CA: 'ca' };
    for (const url of ['', 'redis://cache']) {
      expect(() => read({ ...tls, SKEIN_CACHE_REDIS_URL: url })).toThrow(
        'SKEIN_CACHE_REDIS_TLS_CA needs a SKEIN_CACHE_REDIS_URL that starts with rediss',
      );
    }
  });
});

describe('what is kept', () => {
  it('is a day old at the most, and not large', () => {
    const { redis, ...rest } = read({}).cacheSettings;
    expect(redis.url).toBe('redis://streams');
    expect(rest).toEqual({
      lifetimeMs: 86_400_000,
      leaseMs: 15_000,
      compressAbove: 1_024,
      maximumBytes: 4_194_304,
    });
  });

  it.each(['LIFETIME_MS', 'LEASE_MS', 'COMPRESS_ABOVE', 'MAXIMUM_VALUE_BYTES'])(
    'has a %s that is a number',
    (name) => {
      expect(() => read({ [`SKEIN_CACHE_${name}`]: 'long' })).toThrow(`SKEIN_CACHE_${name}`);
    },
  );
});
