import type { Lifecycle } from './lifecycle.js';

/** What a service answers when it is asked whether it takes work. */
export interface Readiness {
  readonly code: 200 | 503;
  readonly body: { readonly status: 'ok' | 'unavailable'; readonly reason?: string };
}

export const LIVE = { status: 'ok' } as const;

/** Whether a service takes work, and why not. */
export async function readinessOf(lifecycle: Lifecycle): Promise<Readiness> {
  const reason = await lifecycle.obstacle();
  return reason === undefined
    ? { code: 200, body: { status: 'ok' } }
    : { code: 503, body: { status: 'unavailable', reason } };
}
