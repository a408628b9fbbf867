import { randomUUID } from 'node:crypto';
import type { Attempt } from '@skein/event-log';
import { backoffMs } from './backoff.js';

export interface RetrySettings {
  readonly retryLimit: number;
  readonly retryBaseMs: number;
  /** After so long without a sign of life, whoever tries an event is thought dead. */
  readonly claimAfterMs?: number;
}

const DEFAULT_CLAIM_AFTER_MS = 30_000;

/** When what failed is tried again, and when no more. */
export class RetrySchedule {
  /** Tells this process from one that began an attempt and died. */
  readonly self = randomUUID();

  constructor(private readonly settings: RetrySettings) {}

  isSpent(failed: number): boolean {
    return failed > this.settings.retryLimit;
  }

  delayAfter(failed: number): number {
    return backoffMs(failed, { baseMs: this.settings.retryBaseMs, random: Math.random() });
  }

  /** The attempt after so many failed ones; should the process die of it, the next waits as after a failure. */
  attemptAfter(failed: number): Attempt {
    const claimAfterMs = this.settings.claimAfterMs ?? DEFAULT_CLAIM_AFTER_MS;
    return { by: this.self, forMs: Math.max(claimAfterMs, this.delayAfter(failed + 1)) };
  }
}
