import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@skein/telemetry';

/** Nest's own messages in our logs; its start-up chatter is debug. */
export function nestLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, context?: string) => logger.debug({ context }, String(message)),
    debug: (message: unknown, context?: string) => logger.debug({ context }, String(message)),
    verbose: () => undefined,
    warn: (message: unknown, context?: string) => logger.warn({ context }, String(message)),
    error: (message: unknown, stack?: string, context?: string) =>
      logger.error({ context, stack }, String(message)),
  };
}
