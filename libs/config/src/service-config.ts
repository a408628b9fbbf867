import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { RedisConfig } from './redis-config.js';
import { FromEnvironment } from './setting.js';

/** What every service needs. */
export class ServiceConfig extends RedisConfig {
  @FromEnvironment('SKEIN_STREAM_PREFIX', 'the first part of every stream key')
  @Matches(/^[a-z0-9-]+$/)
  streamPrefix: string = 'skein';

  @FromEnvironment('SKEIN_HEALTH_HOST', 'the address of the health and metrics endpoints')
  @IsString()
  healthHost: string = '127.0.0.1';

  @FromEnvironment(
    'SKEIN_HEALTH_PORT',
    'the port of the health and metrics endpoints; 0 takes a free one',
  )
  @IsInt()
  @Min(0)
  @Max(65_535)
  healthPort: number = 0;

  @FromEnvironment('SKEIN_LOG_LEVEL', 'debug, info, warn, error or silent')
  @IsIn(['debug', 'info', 'warn', 'error', 'silent'])
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  @FromEnvironment(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'base URL of an OTLP/HTTP collector; traces are off without it',
  )
  @IsOptional()
  @Matches(/^https?:\/\//)
  otlpEndpoint?: string;
}

/** What every service that hears events needs on top. */
export class WorkerConfig extends ServiceConfig {
  @FromEnvironment('SKEIN_BATCH_SIZE', 'events handled in one transaction at the most')
  @IsInt()
  @Min(1)
  @Max(1_000)
  batchSize: number = 500;

  @FromEnvironment(
    'SKEIN_BATCH_BYTES',
    'bytes of events handled in one transaction at the most, unless one alone has more',
  )
  @IsInt()
  @Min(1)
  batchBytes: number = 4 * 1024 * 1024;

  @FromEnvironment(
    'SKEIN_CLAIM_AFTER_MS',
    'after so long without a sign of life a peer takes over what a consumer holds',
  )
  @IsInt()
  @Min(1_000)
  claimAfterMs: number = 30_000;

  @FromEnvironment('SKEIN_RETRY_LIMIT', 'retries before an event is a dead letter')
  @IsInt()
  @Min(0)
  retryLimit: number = 10;

  @FromEnvironment('SKEIN_RETRY_BASE_MS', 'wait before the first retry; doubles with each')
  @IsInt()
  @Min(1)
  retryBaseMs: number = 1_000;

  @FromEnvironment('SKEIN_SWEEP_INTERVAL_MS', 'how often the sweep looks for what was missed')
  @IsInt()
  @Min(100)
  sweepIntervalMs: number = 30_000;
}
