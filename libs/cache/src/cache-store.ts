import type { Redis } from 'ioredis';

/** After a lost or silent connection Redis is left alone for so long: whoever asks must not wait for it each time. */
const restMs = 1_000;

/** Redis, as something that may be away: then every answer is undefined. */
export class CacheStore {
  private restsUntil = 0;

  /** @param redis a connection whose commands fail while Redis is away */
  constructor(private readonly redis: Redis) {}

  /** Null when there is no such key. */
  get(key: string): Promise<Buffer | null | undefined> {
    return this.ask(() => this.redis.getBuffer(key));
  }

  /** Undefined also when Redis refuses, as when it has no memory left. */
  run(
    script: string,
    keys: readonly string[],
    ...parameters: readonly (string | number | Buffer)[]
  ): Promise<unknown> {
    return this.ask(() =>
      this.redis.callBuffer('EVAL', script, keys.length, ...keys, ...parameters),
    );
  }

  private async ask<Answer>(command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (performance.now() < this.restsUntil) return undefined;
    try {
      return await command();
    } catch (error) {
      const refused = (error as Error).name === 'ReplyError';
      if (!refused) this.restsUntil = performance.now() + restMs;
      return undefined;
    }
  }
}
