/** Asks the cache for contents, many times at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheAt } from '../cache-at.js';
import { now } from '../clock.js';
import { given, serve } from './serve.js';

export interface Question {
  readonly path: string;
  /** How many ask at once. */
  readonly askers: number;
  /** How long fetching takes. */
  readonly fetchMs: number;
}

export interface Answered {
  /** How often it was fetched here. */
  readonly fetches: number;
  /** Until the last asker had it. */
  readonly milliseconds: number;
}

const { cache, keyOf, content, close } = await cacheAt(given('BENCH_REDIS_URL'));
const never = new AbortController().signal;

async function ask({ path, askers, fetchMs }: Question): Promise<Answered> {
  let fetches = 0;
  const fetch = async () => {
    fetches += 1;
    await sleep(fetchMs);
    return content;
  };
  const began = now();
  const one = () => cache.getOrFetch({ key: keyOf(path), fetch }, never);
  await Promise.all(Array.from({ length: askers }, one));
  return { fetches, milliseconds: now() - began };
}

serve({ ask }, async () => close());
