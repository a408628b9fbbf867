import { setTimeout as sleep } from 'node:timers/promises';
import { sqlState } from '@skein/postgres';

/** Two requests made the same thing at once; the second one looks again. */
export class Raced extends Error {
  readonly code = 'raced';
  readonly retryable = true;
}

/**
 * Serialisation failures, deadlocks and lock time-outs: the transaction left nothing
 * behind. A lost connection is not among them, since nobody knows whether it committed.
 */
const undone = new Set(['40001', '40P01', '55P03']);
const ATTEMPTS = 5;
const PAUSE_MS = 20;

function isUndone(error: unknown): boolean {
  return error instanceof Raced || undone.has(sqlState(error) ?? '');
}

/** Runs a transaction, and runs it again a few times when it only met another one. */
export async function attempt<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (!isUndone(error) || failed === ATTEMPTS) throw error;
      await sleep(Math.random() * PAUSE_MS * 2 ** failed);
    }
  }
}
