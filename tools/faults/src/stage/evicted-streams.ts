import type { Redis } from 'ioredis';

const evictions = '__keyevent@0__:evicted';

/** Hears which streams are evicted from now on. */
export async function hearEvicted(redis: Redis): Promise<{ streams: string[]; close: () => void }> {
  await redis.config('SET', 'notify-keyspace-events', 'Ee');
  const subscriber = redis.duplicate();
  const streams: string[] = [];
  subscriber
    .on('error', () => undefined)
    .on('message', (_channel, key) => {
      if (key.endsWith(':events')) streams.push(key);
    });
  await subscriber.subscribe(evictions);
  return { streams, close: () => subscriber.disconnect() };
}
