import { streamKey, type Group } from '@skein/events';
import type { Redis } from 'ioredis';

/** As services have it when nobody sets it. */
const prefix = 'skein';

/** The stream of a service, seen from outside. */
export class GroupStream {
  readonly key: string;

  constructor(
    readonly redis: Redis,
    readonly group: Group,
  ) {
    this.key = streamKey(prefix, group, 0);
  }

  /** Of all entries in the stream. */
  async ids(): Promise<string[]> {
    return (await this.redis.xrange(this.key, '-', '+')).map(([id]) => id);
  }

  /** Of the entries that one process has and has not acknowledged; its consumers' names have its id. */
  async idsHeldBy(pid: number | undefined): Promise<string[]> {
    const pending = await this.redis.xpending(this.key, this.group, '-', '+', 10_000);
    return (pending as [id: string, consumer: string][])
      .filter(([, consumer]) => consumer.includes(`-${pid}-`))
      .map(([id]) => id);
  }

  /** Whether anybody has one of these and has not acknowledged it. */
  async isAnyPending(ids: readonly string[]): Promise<boolean> {
    const pending = await this.redis.xpending(this.key, this.group, '-', '+', 10_000);
    return (pending as [id: string][]).some(([id]) => ids.includes(id));
  }
}
