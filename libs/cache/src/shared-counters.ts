import { openHintRedis, type RedisSettings } from '@skein/redis';
import { CacheStore } from './cache-store.js';

/** So many counters in one command. */
const CHUNK = 500;

/** One hash for all: they go together, and one slot has them. */
const ADD = `
local totals = {}
for place = 2, #ARGV, 2 do
  totals[#totals + 1] = redis.call('HINCRBY', KEYS[1], ARGV[place], ARGV[place + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return totals`;

/** What is counted together, by whom it is about. */
export type Counts = ReadonlyMap<string, number>;

/** Counters that replicas share and that may be lost: then each of them counts alone. */
export class SharedCounters {
  constructor(private readonly store: CacheStore) {}

  /**
   * Adds to counters that live and end together.
   * @returns what they are now; of those that Redis was not there for, nothing
   */
  async add(key: string, counts: Counts, lifetimeMs: number): Promise<Counts> {
    const totals = new Map<string, number>();
    const all = [...counts];
    for (let from = 0; from < all.length; from += CHUNK) {
      const some = all.slice(from, from + CHUNK);
      const answer = await this.store.run(ADD, [key], lifetimeMs, ...some.flat());
      if (!Array.isArray(answer)) break;
      some.forEach(([name], index) => totals.set(name, Number(answer[index])));
    }
    return totals;
  }
}

/** Counters, and their end. */
export interface OpenedCounters {
  readonly counters: SharedCounters;
  close(): void;
}

/** Does not wait for Redis. @throws as `openHintRedis` */
export function openCounters(settings: RedisSettings): OpenedCounters {
  const redis = openHintRedis(settings);
  redis.connect().catch(() => undefined);
  const counters = new SharedCounters(new CacheStore(redis));
  return { counters, close: () => redis.disconnect() };
}
