import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream } from 'pino';
import { logContext } from './context.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Structured logs: one JSON object a line, on standard output. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Nest token of the service's {@link Logger}. */
export const LOGGER = Symbol('skein:logger');

/**
 * Standard output through Node's own stream. pino's writer would try for ever, and keep
 * the process from ending, once nobody reads the other end of the pipe.
 */
function standardOutput(): DestinationStream {
  if (process.stdout.listenerCount('error', unread) === 0) process.stdout.on('error', unread);
  return { write: (line) => void process.stdout.write(line) };
}

/** Nobody reads the log any more; the service goes on without. */
function unread(): void {}

function traceFields(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace: span.traceId, span: span.spanId } : {};
}

/**
 * Opens the log of a service; lines carry the trace, the event and the organisation that they
 * belong to. Tests give a destination of their own.
 */
export function openLogger(
  service: string,
  level: LogLevel = 'info',
  destination: DestinationStream = standardOutput(),
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...traceFields(), ...logContext() }),
    serializers: { error: pino.stdSerializers.err },
  };
  return pino(options, destination);
}
