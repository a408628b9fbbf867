import type { Logger } from '@skein/telemetry';
import type { Cluster, Redis } from 'ioredis';

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

/** Says once why Redis cannot be used, and that it can be again; the client goes on trying meanwhile. */
export function report(redis: Redis | Cluster, connection: string, logger?: Logger): void {
  let said: string | undefined;
  // Also because ioredis writes an error that nobody hears to the console, whole.
  redis.on('error', (error: Shown) => {
    withoutArguments(error);
    const reason = reasonOf(error);
    if (reason === said) return;
    said = reason;
    logger?.warn({ connection, reason }, 'Redis cannot be used; trying again');
  });
  redis.on('ready', () => {
    if (said !== undefined) logger?.info({ connection }, 'Redis can be used again');
    said = undefined;
  });
}
