import type { Logger } from '@skein/telemetry';
import type { Cluster, Redis } from 'ioredis';
import { hiddenReason } from './hidden-reason.js';

const CLOSED = 'Connection is closed.';

type Shown = Error & {
  code?: string;
  command?: { args?: unknown };
  lastNodeError?: Shown;
};

/** An error of a refused login carries the whole command, with the password. */
export function withoutArguments(error: Shown): void {
  if (error.command) error.command.args = [];
  if (error.lastNodeError) withoutArguments(error.lastNodeError);
}

function reasonOf({ message, code, lastNodeError }: Shown): string {
  return [message || code, lastNodeError && reasonOf(lastNodeError)].filter(Boolean).join(' ');
}

/** Without what changes from attempt to attempt, and with what ioredis left out. */
function clear(reason: string, hidden = CLOSED): string {
  return reason
    .replace(/ Retrying from scratch after \d+ms\./, '')
    .replace(CLOSED, () => hidden)
    .trim();
}

/** Says each reason once why Redis cannot be used, and that it can be again; the client goes on trying meanwhile. */
export function report(redis: Redis | Cluster, connection: string, logger?: Logger): void {
  const said = new Set<string>();
  const hidden = hiddenReason(redis);
  // Also because ioredis writes an error that nobody hears to the console, whole.
  redis.on('error', (error: Shown) => {
    withoutArguments(error);
    const reason = clear(reasonOf(error), hidden());
    if (said.has(reason)) return;
    said.add(reason);
    logger?.warn({ connection, reason }, 'Redis cannot be used; trying again');
  });
  redis.on('ready', () => {
    if (said.size > 0) logger?.info({ connection }, 'Redis can be used again');
    said.clear();
  });
}
