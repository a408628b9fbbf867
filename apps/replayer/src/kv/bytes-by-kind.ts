import type { Redis } from 'ioredis';

/** Bytes that keys take, by what they are; the cache's are estimated. */
export interface BytesByKind {
  readonly streams: number;
  readonly cache: number;
  /** What is left of the used memory: the server itself, its clients, and what is not Skein's. */
  readonly other: number;
}

export interface Kinds {
  readonly streams: number;
  readonly cache: number;
  /** Entries of the streams. */
  readonly entries: number;
}

/** Keys that one look draws; never all are looked at. */
const DRAWN = 64;
/** Nested values that are weighed of each key. */
const SAMPLES = 5;
/** What the keys of the cache begin with. */
const CACHE = 'v1/';

type Replies = readonly [error: Error | null, reply: unknown][];

const numbers = (replies: Replies) =>
  replies.map(([error, reply]) => (error ? 0 : Number(reply ?? 0)));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A server of a cluster refuses keys of the others, which then count nothing here. */
async function ofStreams(redis: Redis, keys: readonly string[]) {
  const pipeline = redis.pipeline();
  for (const key of keys) {
    pipeline.call('MEMORY', 'USAGE', key, 'SAMPLES', SAMPLES);
    pipeline.xlen(key);
  }
  const found = numbers((await pipeline.exec()) as Replies);
  const at = (rest: number) => sum(found.filter((_, index) => index % 2 === rest));
  return { streams: at(0), entries: at(1) };
}

/** The share of cache keys among drawn ones, their mean size, and how many keys there are. */
async function ofCache(redis: Redis): Promise<number> {
  const drawing = redis.pipeline().dbsize();
  for (let draw = 0; draw < DRAWN; draw += 1) drawing.randomkey();
  const [[, keys] = [null, 0], ...drawn] = (await drawing.exec()) as Replies;
  const found = drawn.flatMap(([, key]) => (typeof key === 'string' ? [key] : []));
  const weighing = redis.pipeline();
  const ours = found.filter((key) => key.startsWith(CACHE));
  for (const key of ours) weighing.call('MEMORY', 'USAGE', key, 'SAMPLES', SAMPLES);
  const bytes = sum(numbers((await weighing.exec()) as Replies));
  return found.length === 0 ? 0 : Math.round((Number(keys) * bytes) / found.length);
}

/** What streams and cache take of a server, by a bounded number of looks. */
export async function kindsOn(redis: Redis, streamKeys: readonly string[]): Promise<Kinds> {
  const [streams, cache] = await Promise.all([ofStreams(redis, streamKeys), ofCache(redis)]);
  return { ...streams, cache };
}

/** What is estimated cannot be more than there is. */
export function bytesByKind({ streams, cache }: Kinds, used: number): BytesByKind {
  const ofCacheAtMost = Math.min(cache, Math.max(0, used - streams));
  const other = Math.max(0, used - streams - ofCacheAtMost);
  return { streams, cache: ofCacheAtMost, other };
}
