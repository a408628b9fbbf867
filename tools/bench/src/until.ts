import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 10;

/** Something took too long; the message says what, and how far it came. */
export class TooSlow extends Error {}

/**
 * Looks until the condition holds.
 * @param seen what to say if it never does
 * @throws TooSlow
 */
export async function until(
  condition: () => Promise<boolean>,
  { within, what, seen }: { within: number; what: string; seen?: () => unknown },
): Promise<void> {
  const deadline = performance.now() + within;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new TooSlow(`${what} took more than ${within / 1_000} s: ${JSON.stringify(seen?.())}`);
    }
    await sleep(LOOK_MS);
  }
}
