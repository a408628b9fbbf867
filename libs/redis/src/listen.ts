import type { Redis } from 'ioredis';

/**
 * Hears a channel for as long as the connection is used, also after a refused login, with which
 * ioredis forgets a subscription that was waiting. What is said while Redis is away is not heard.
 */
export function listen(redis: Redis, channel: string, heard: () => void): void {
  redis.on('message', (from) => {
    if (from === channel) heard();
  });
  redis.on('ready', () => void redis.subscribe(channel).catch(() => undefined));
  redis.connect().catch(() => undefined);
}
