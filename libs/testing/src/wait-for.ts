import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitForOptions {
  /** Milliseconds until it gives up; 30,000 by default, which is for what hangs: nothing here measures speed. */
  timeoutMs?: number;
  /** What was waited for, for the error. */
  message?: string;
  /** Milliseconds between two looks; 20 by default. */
  intervalMs?: number;
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Looks again and again until the condition is truthy, and resolves with that value. A condition
 * that throws counts as not met yet.
 * @throws Error with the message and the last error when the time is up
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, message = 'the condition', intervalMs = 20 }: WaitForOptions = {},
): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  let look: Look<T>;
  do {
    look = await lookOnce(condition);
    if (look.value) return look.value as Truthy<T>;
    await sleep(intervalMs);
  } while (performance.now() < deadline);
  const reason = look.error === undefined ? '' : `: ${String(look.error)}`;
  throw new Error(`Waited ${timeoutMs} ms in vain for ${message}${reason}`, { cause: look.error });
}

type Look<T> = { value?: T; error?: unknown };

async function lookOnce<T>(condition: () => T | Promise<T>): Promise<Look<T>> {
  try {
    return { value: await condition() };
  } catch (error) {
    return { error };
  }
}
