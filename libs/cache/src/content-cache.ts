import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaseOf, listOf, type CacheKey, type CacheScope } from './cache-keys.js';
import { cacheMetrics } from './cache-metrics.js';
import type { CacheStore } from './cache-store.js';
import { AGREE, ASK, DROP, FORGET, RELEASE, RENEW } from './scripts.js';
import { UnreadableValue, type ValueCodec } from './value-codec.js';

export interface CacheTimes {
  /** ms that a value stays. */
  readonly lifetimeMs: number;
  /** ms without a sign of life after which another may fetch what somebody began to fetch. */
  readonly leaseMs: number;
}

/** A place for a content. */
export interface CachePlace {
  readonly key: CacheKey;
  /** Sealed before it leaves this process. */
  readonly secret?: boolean;
}

export interface WantedContent extends CachePlace {
  /** Rejects when the content cannot be had; nothing is kept then. */
  readonly fetch: (signal: AbortSignal) => Promise<Buffer>;
}

const firstLookMs = 10;
const slowestLookMs = 250;

/**
 * Contents that many ask for, kept in Redis for a while: the first to fetch decides what all of a
 * template version get. Losing it, or being without it, costs time only. Redis must be one server, or one behind
 * Sentinels: what a template version has spreads over the slots of a cluster.
 */
export class ContentCache {
  private readonly metrics = cacheMetrics();

  constructor(
    private readonly store: CacheStore,
    private readonly codec: ValueCodec,
    private readonly times: CacheTimes,
  ) {}

  /**
   * The content that is there; else it is fetched, once for all that ask, in whichever process. A
   * fetch that fails rejects for whoever fetched, and the next one tries. Rejects with the signal's reason.
   */
  async getOrFetch(wanted: WantedContent, signal: AbortSignal): Promise<Buffer> {
    const bytes = await this.store.get(wanted.key.name);
    const hit = bytes && (await this.read(wanted, bytes));
    if (hit) {
      this.metrics.count('hit');
      return hit;
    }
    return this.fetchOrWait(wanted, signal);
  }

  /** Sets the value unless there is one; answers the one that all get from now on. */
  agree(place: CachePlace, value: Buffer): Promise<Buffer> {
    return this.set(place, randomUUID(), value);
  }

  /** Deletes what a template version has from a repository; from none, its secrets. */
  async drop(scope: CacheScope, repository: string): Promise<void> {
    let cursor = '0';
    do {
      const next = await this.store.run(DROP, [listOf(scope)], cursor, repository);
      cursor = next instanceof Buffer ? next.toString() : '0';
    } while (cursor !== '0');
  }

  private async fetchOrWait(wanted: WantedContent, signal: AbortSignal): Promise<Buffer> {
    const token = randomUUID();
    for (let pause = firstLookMs; ; pause = Math.min(pause * 2, slowestLookMs)) {
      const turn = await this.ask(wanted, token);
      if (turn === 'fetch') return this.fetch(wanted, token, signal);
      if (turn === 'away') return wanted.fetch(signal);
      if (turn !== 'wait') return turn;
      await sleep(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  private async ask(
    wanted: CachePlace,
    token: string,
  ): Promise<Buffer | 'fetch' | 'wait' | 'away'> {
    const keys = [wanted.key.name, leaseOf(wanted.key)];
    const answer = await this.store.run(ASK, keys, token, this.times.leaseMs);
    if (answer instanceof Buffer) {
      this.metrics.count('waited');
      return (await this.read(wanted, answer)) ?? 'wait';
    }
    if (answer === undefined) this.metrics.count('away');
    return answer === undefined ? 'away' : answer === 1 ? 'fetch' : 'wait';
  }

  private async fetch(wanted: WantedContent, token: string, signal: AbortSignal): Promise<Buffer> {
    const lease = [leaseOf(wanted.key)];
    const { leaseMs } = this.times;
    const renew = () => void this.store.run(RENEW, lease, token, leaseMs);
    const renewing = setInterval(renew, leaseMs / 3);
    try {
      const value = await wanted.fetch(signal);
      this.metrics.count('fetched');
      return await this.set(wanted, token, value);
    } catch (error) {
      await this.store.run(RELEASE, lease, token);
      throw error;
    } finally {
      clearInterval(renewing);
    }
  }

  /** Answers what counts from now on: that of who came first, else the value itself, also when it cannot be kept. */
  private async set(place: CachePlace, token: string, value: Buffer): Promise<Buffer> {
    const { key, secret = false } = place;
    const encoded = await this.codec.encode(value, bindingOf(key), secret);
    if (!encoded) {
      this.metrics.count('too-large');
      await this.store.run(RELEASE, [leaseOf(key)], token);
      return value;
    }
    const keys = [key.name, leaseOf(key), listOf(key.scope)];
    const rest = [encoded, this.times.lifetimeMs, key.repository];
    const first = await this.store.run(AGREE, keys, token, ...rest);
    const other = first instanceof Buffer ? await this.read(place, first) : undefined;
    return other ?? value;
  }

  /** What cannot be read is no value, and is deleted. */
  private async read({ key, secret = false }: CachePlace, bytes: Buffer) {
    try {
      return await this.codec.decode(bytes, bindingOf(key), secret);
    } catch (error) {
      if (!(error instanceof UnreadableValue)) throw error;
      this.metrics.count('unreadable');
      await this.store.run(FORGET, [key.name], bytes);
      return undefined;
    }
  }
}

function bindingOf({ name, scope }: CacheKey) {
  return { org: scope.org, uid: name };
}
