import type { SharedCounters } from '@skein/cache';
import { meter } from '@skein/telemetry';
import { RefusedRequest } from '../resources/refused-request.js';
import { networkOf } from './network.js';
import { RateWindow } from './rate-window.js';

/** Whose requests are counted. */
export type Limited = 'user' | 'device' | 'anonymous' | 'failure';

export interface RateSettings {
  /** Requests per second, over a window; 0: no limit. */
  readonly perSecond: Readonly<Record<Limited, number>>;
  /** What the counters of all replicas begin with. */
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Long enough for bursts, short enough to wait for. */
export const WINDOW_MS = 10_000;
/** How late one replica learns of what others let in. */
const TELL_MS = 200;
/** Addresses are the client's choice: those that come after so many in one window are one. */
const MOST_ADDRESSES = 10_000;

/**
 * How often somebody may ask. Each replica counts in its memory, so that no request waits for Redis, and tells the others a
 * few times a second what it let in. While Redis is away each of them holds the whole limit by itself.
 */
export class RateLimits {
  private window = new RateWindow(0);
  private timer: NodeJS.Timeout | undefined;
  private readonly refused = meter().createCounter('skein_requests_limited', {
    description: 'Requests that were refused, because there were too many of one client.',
  });

  constructor(
    private readonly counters: SharedCounters | undefined,
    private readonly settings: RateSettings,
  ) {}

  /** @throws RefusedRequest `too-many`, when this identity asks too often */
  ofIdentity(limited: 'user' | 'device', name: string): void {
    this.count(limited, `${limited}/${name}`);
  }

  /** @throws RefusedRequest `too-many`, when too much comes from there */
  ofAddress(limited: 'anonymous' | 'failure', address: string): void {
    const key = `${limited}/${networkOf(address)}`;
    const isMore = this.window.size >= MOST_ADDRESSES && !this.window.has(key);
    this.count(limited, isMore ? `${limited}/` : key);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private count(limited: Limited, key: string): void {
    const limit = this.settings.perSecond[limited] * (WINDOW_MS / 1_000);
    if (limit === 0) return;
    const now = (this.settings.now ?? Date.now)();
    const number = Math.floor(now / WINDOW_MS);
    if (number !== this.window.number) this.window = new RateWindow(number);
    if (this.window.take(key, limit)) return this.tellSoon();
    this.refused.add(1, { limit: limited });
    const retryAfterSeconds = Math.ceil(((number + 1) * WINDOW_MS - now) / 1_000);
    const message = `too many requests: ${limit} in ${WINDOW_MS / 1_000} s; try again in ${retryAfterSeconds} s`;
    throw new RefusedRequest('too-many', message, { retryAfterSeconds });
  }

  private tellSoon(): void {
    if (!this.counters || this.timer) return;
    this.timer = setTimeout(() => {
      void this.tell().finally(() => (this.timer = undefined));
    }, TELL_MS).unref();
  }

  private async tell(): Promise<void> {
    const { window } = this;
    const untold = window.untold();
    const key = `${this.settings.prefix}:rates:${window.number}`;
    window.learn(untold, await this.counters!.add(key, untold, 2 * WINDOW_MS));
  }
}
