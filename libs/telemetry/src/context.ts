import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of the current piece of work carries. */
export interface LogContext {
  readonly org?: string;
  readonly event?: string;
  readonly sequence?: number;
  readonly request?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs the work; its log lines carry the context. */
export function withLogContext<Result>(context: LogContext, work: () => Result): Result {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
