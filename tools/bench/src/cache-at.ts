import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ByteSealer, Sealer } from '@skein/blobs';
import { cacheKeys, openCache } from '@skein/cache';

const CONTENT_BYTES = 1_000;
const scope = { org: 'bench', fleet: 'fleet', templateVersion: 'v1' };
const probe = cacheKeys.gitRevision(scope, 'bench', 'probe');
const READY_TRIES = 500;
const READY_PAUSE_MS = 20;

/** The key of a file of the bench's repository. */
export const keyOf = (path: string) =>
  cacheKeys.gitContents(scope, { repository: 'bench', targetRevision: 'main', path });

/** A connected cache with the settings that services have by default, and what is asked for. */
export async function cacheAt(url: string) {
  const sealer = new ByteSealer(new Sealer({ current: { id: 'bench', key: Buffer.alloc(32, 1) } }));
  const { cache, close } = openCache({
    ...{ redis: { url, name: 'skein-bench' }, sealer },
    ...{
      lifetimeMs: 600_000,
      leaseMs: 15_000,
      compressAbove: 1_024,
      maximumBytes: 4 * 1024 * 1024,
    },
  });
  await ready(cache);
  return { cache, close, keyOf, content: randomBytes(CONTENT_BYTES) };
}

/** What is set is there, as soon as it is connected. */
async function ready(cache: Awaited<ReturnType<typeof openCache>>['cache']): Promise<void> {
  const [first, second] = [Buffer.from('first'), Buffer.from('second')];
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    await cache.agree({ key: probe }, first);
    const agreed = await cache.agree({ key: probe }, second);
    if (!agreed.equals(second)) return;
    await sleep(READY_PAUSE_MS);
  }
  throw new Error('the cache was not reached');
}
