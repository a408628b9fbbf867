import type { Redis } from 'ioredis';
import type { RenderCache } from '../src/render-cache.js';

interface Parts {
  readonly cache: RenderCache;
  readonly redis: Redis;
  readonly waitFor: (look: () => Promise<boolean>) => Promise<unknown>;
}

/** Until what is put into the cache is in that Redis. */
export async function cacheReady({ cache, redis, waitFor }: Parts): Promise<void> {
  const scope = { org: 'probe', fleet: 'probe', templateVersion: 'probe' };
  const key = { scope, name: 'v1/probe', repository: '' };
  await waitFor(async () => {
    await cache.contents.agree({ key }, Buffer.from('probe'));
    return (await redis.del(key.name)) === 1;
  });
}
