import type { Redis } from 'ioredis';

/**
 * Says on a channel that there is something new to number. Only a hint: it may be
 * lost, since the replayer also polls. Many commits in one turn of the event loop make one hint.
 */
export function waker(redis: Redis, channel: string): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      redis.publish(channel, '').catch(() => undefined);
    });
  };
}
