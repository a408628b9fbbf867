export { withLogContext, type LogContext } from './context.js';
export { LOGGER, openLogger, type Logger, type LogLevel } from './logger.js';
export { currentTraceparent, inSpan, type SpanOptions } from './tracing.js';
export { meter, startTelemetry, type Telemetry, type TelemetrySettings } from './telemetry.js';
