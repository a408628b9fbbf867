import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { readConfig, ServiceConfig, WorkerConfig } from '@skein/config';
import { EventLog, ConsumerLog } from '@skein/event-log';
import type { Group } from '@skein/events';
import { Postgres, type PostgresSettings } from '@skein/postgres';
import { LOGGER, openLogger, startTelemetry } from '@skein/telemetry';
import { HealthController } from './health.controller.js';
import { HealthServer } from './health-server.js';
import { Hints, NumberedHints } from './hints.js';
import { Lifecycle } from './lifecycle.js';
import { MetricsController } from './metrics.controller.js';
import { ROOM, TELEMETRY } from './tokens.js';

export interface ServiceOptions {
  /** The word that names the service; the replayer hears nothing, so it is no group. */
  readonly room: Group | 'replayer';
  readonly config: new () => ServiceConfig;
  readonly entities?: PostgresSettings['entities'];
  /** Its HTTP port is for users: metrics are on the port of health alone. */
  readonly hasUsers?: boolean;
}

const openPostgres =
  (room: string, entities: ServiceOptions['entities']) => (config: ServiceConfig) =>
    Postgres.open({
      ...config.database,
      applicationName: `skein-${room}`,
      ...(entities && { entities }),
    });

function providersOf({ room, config, entities }: ServiceOptions): Provider[] {
  return [
    { provide: ROOM, useValue: room },
    { provide: config, useFactory: () => readConfig(config) },
    ...[ServiceConfig, WorkerConfig]
      .filter((parent) => parent !== config && config.prototype instanceof parent)
      .map((parent) => ({ provide: parent, useExisting: config })),
    {
      provide: LOGGER,
      useFactory: ({ logLevel }: ServiceConfig) => openLogger(room, logLevel),
      inject: [ServiceConfig],
    },
    {
      provide: TELEMETRY,
      useFactory: ({ otlpEndpoint }: ServiceConfig) =>
        startTelemetry({ service: `skein-${room}`, otlpEndpoint }),
      inject: [ServiceConfig],
    },
    // After the telemetry: whatever counts something stands on PostgreSQL.
    {
      provide: Postgres,
      useFactory: openPostgres(room, entities),
      inject: [ServiceConfig, TELEMETRY],
    },
    Lifecycle,
    HealthServer,
  ];
}

const hearing: Provider[] = [
  { provide: Hints, useFactory: Hints.open, inject: [ServiceConfig, ROOM] },
  NumberedHints,
  {
    provide: EventLog,
    useFactory: (postgres: Postgres, room: Group, { wake }: Hints) =>
      EventLog.open(postgres, room, wake),
    inject: [Postgres, ROOM, Hints],
  },
  {
    provide: ConsumerLog,
    useFactory: (postgres: Postgres, room: Group) => new ConsumerLog(postgres, room),
    inject: [Postgres, ROOM],
  },
];

/** What every service has: settings, logs, telemetry, PostgreSQL, health; and, if it hears events, its part of the log. */
@Global()
@Module({})
export class ServiceModule {
  static for(options: ServiceOptions): DynamicModule {
    const providers = [...providersOf(options), ...(options.room === 'replayer' ? [] : hearing)];
    return {
      module: ServiceModule,
      controllers: [HealthController, ...(options.hasUsers ? [] : [MetricsController])],
      providers,
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}
