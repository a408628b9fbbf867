import { TooManyWaiting } from './bounded.js';

/** SQLSTATEs that say nothing about the work itself: try again. */
const transient = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '25P03', // idle_in_transaction_session_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
]);
/** Whole classes of them: connection exceptions, and insufficient resources such as a full disk. */
const transientClasses = ['08', '53'];
const network =
  /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|Connection terminated|connection timeout|timeout expired|timeout exceeded when trying to connect|Client (has encountered|was closed)|Query runner already released/i;

/** SQLSTATE of an error that came from PostgreSQL. Each has a digit, unlike a system's `EPIPE`. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** A statement that was prepared before its tables changed; prepared anew, it runs. */
export function isOutdatedPlan(error: unknown): boolean {
  return sqlState(error) === '0A000' && /cached plan/.test((error as Error).message);
}

/** Whether PostgreSQL, its locks or the way to it failed, rather than the work: such a failure is no attempt. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TooManyWaiting) return true;
  const state = sqlState(error);
  if (state) {
    return (
      transient.has(state) || transientClasses.includes(state.slice(0, 2)) || isOutdatedPlan(error)
    );
  }
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return network.test(`${code ?? ''} ${message ?? ''}`);
}
