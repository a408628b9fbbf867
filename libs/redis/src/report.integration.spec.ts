import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, waitFor } from '@skein/testing';
import type { Redis } from 'ioredis';
import { openRedis } from './redis.js';

describe('why Redis cannot be used', () => {
  const opened: Redis[] = [];
  const reasons: string[] = [];
  const warn = (fields: object) => void reasons.push((fields as { reason: string }).reason);
  const ignore = () => undefined;
  const logger = { debug: ignore, info: ignore, warn, error: ignore };

  /** Opens it, and waits until it has failed again. */
  const fail = async (url: string) => {
    const redis = openRedis({ url, name: 'skein-test-report', logger });
    opened.push(redis);
    let failures = 0;
    redis.on('error', () => (failures += 1));
    redis.ping().catch(ignore);
    await waitFor(() => failures > 1);
  };

  afterEach(async () => {
    for (const redis of opened.splice(0)) {
      redis.disconnect();
      await waitFor(() => redis.status === 'end');
    }
    reasons.length = 0;
  });

  it.each(['redis://', 'redis+sentinel://', 'redis+cluster://'])(
    'is said once for each reason: %s',
    async (form) => {
      const address = `127.0.0.1:${await freePort()}`;
      await fail(`${form}${address}${form.includes('sentinel') ? '/service' : ''}`);
      expect(reasons).toEqual([expect.stringContaining(`connect ECONNREFUSED ${address}`)]);
    },
  );

  it.each([
    'redis://nowhere.invalid',
    'redis+sentinel://nowhere.invalid/service',
    'redis+cluster://nowhere.invalid',
  ])('is said of a host that is not found: %s', async (url) => {
    await fail(url);
    expect(reasons).toEqual([expect.stringMatching(/getaddrinfo \w+ nowhere\.invalid/)]);
  });
});
