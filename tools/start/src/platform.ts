import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '@skein/migrate';
import type { Migrated } from '@skein/migrate';
import type { Options } from './options.js';
import { authentication } from './servers/authentication.js';
import { choosePort } from './servers/choose-port.js';
import { claimDatabase } from './servers/claim.js';
import { provideDatabase } from './servers/database.js';
import { KeepAlive } from './servers/keep-alive.js';
import { sealingKey } from './servers/kept-secret.js';
import { provideRedis } from './servers/redis.js';
import type { RedisPair } from './servers/redis.js';
import type { ServiceDescription } from './services/service-list.js';
import { Services } from './services/services.js';
import type { Report } from './terminal/report.js';
import { skeinFolder } from './workspace.js';

/** Where things are. */
export interface Platform {
  readonly gatewayUrl: string;
  /** Host and port of the API by gRPC. */
  readonly grpcAddress: string;
  /** With which one gets in; undefined when nobody asks. */
  readonly token: string | undefined;
  readonly services: Services;
}

export interface PlatformOptions extends Options {
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Takes what must be ended, in the order of starting. */
  readonly resources: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/** Starts what is needed, in order: PostgreSQL, Redis, schemas, services. */
export async function startPlatform(options: PlatformOptions, report: Report): Promise<Platform> {
  const { resources, home } = options;
  await mkdir(home, { recursive: true });
  const servers = resources.use(new KeepAlive(report));
  const databaseUrl = await startDatabase(options, servers, report);
  // Copies of an earlier start's repositories, which are gone.
  await rm(join(home, 'sources'), { recursive: true, force: true });
  options.signal.throwIfAborted();
  const redis = await startRedisPair(options, servers, report);
  options.signal.throwIfAborted();
  const migrated = await migrateSchemas(databaseUrl, report);
  const gatewayPort = await choosePort(options.port, (text) => report.warn(text));
  const grpcPort = await grpcPortOf(options.environment, report);
  const key = options.environment['SKEIN_SEALING_KEY'] || (await sealingKey(options.folder));
  const { token, settings: rights } = await authentication(options.folder, options.environment);
  const services = resources.use(
    new Services(
      {
        logFolder: join(home, 'logs'),
        verbose: options.verbose,
        environmentOf: (service) => ({
          ...options.environment,
          ...settingsOf(service, { home, key, migrated, redis, gatewayPort, grpcPort }),
          ...(service.room === 'gateway' && rights),
        }),
      },
      report,
    ),
  );
  await report.step('Starting seven services', async (progress) => {
    await services.start();
    await services.ready(progress, options.signal);
    progress.detail(`logs in ${join(home, 'logs')}`);
  });
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
  return { gatewayUrl, grpcAddress: `127.0.0.1:${grpcPort}`, token, services };
}

function grpcPortOf(environment: NodeJS.ProcessEnv, report: Report): Promise<number> {
  const wanted = Number(environment['SKEIN_GRPC_PORT']) || undefined;
  return choosePort(wanted, (text) => report.warn(text), 'gRPC');
}

function startDatabase(options: PlatformOptions, servers: KeepAlive, report: Report) {
  const directory = options.once ? undefined : options.home;
  const given = options.environment['SKEIN_DATABASE_URL'];
  return report.step('PostgreSQL', async (progress) => {
    const database = await provideDatabase({ given, directory, log: (line) => report.line(line) });
    if (database.own) servers.watch(database.own);
    options.resources.use(await claimDatabase(database.url));
    progress.detail(database.description);
    return database.url;
  });
}

async function startRedisPair(options: PlatformOptions, servers: KeepAlive, report: Report) {
  const redis = await report.step('Redis', async (progress) => {
    const pair = await provideRedis({
      stream: options.environment['SKEIN_STREAM_REDIS_URL'],
      cache: options.environment['SKEIN_CACHE_REDIS_URL'],
      directory: options.once ? undefined : options.home,
    });
    pair.own.forEach((own) => servers.watch(own));
    progress.detail(pair.description);
    return pair;
  });
  redis.warnings.forEach((warning) => report.warn(warning));
  return redis;
}

function migrateSchemas(url: string, report: Report): Promise<Migrated> {
  return report.step('Schemas and roles', async (progress) => {
    const migrated = await migrate({ url });
    progress.detail(`${migrated.migrations} migrations ran`);
    return migrated;
  });
}

interface Settings {
  readonly home: string;
  readonly key: string;
  readonly migrated: Migrated;
  readonly redis: RedisPair;
  readonly gatewayPort: number;
  readonly grpcPort: number;
}

/** A service gets its own role, and may fetch what this machine offers for the demo. */
function settingsOf({ room }: ServiceDescription, settings: Settings): NodeJS.ProcessEnv {
  const { home, key, migrated, redis, gatewayPort, grpcPort } = settings;
  return {
    SKEIN_DATABASE_URL: migrated.urlOf(room),
    SKEIN_STREAM_REDIS_URL: redis.streamUrl,
    SKEIN_CACHE_REDIS_URL: redis.cacheUrl,
    SKEIN_SEALING_KEY: key,
    SKEIN_GATEWAY_HOST: '127.0.0.1',
    SKEIN_GATEWAY_PORT: String(gatewayPort),
    SKEIN_GRPC_HOST: '127.0.0.1',
    SKEIN_GRPC_PORT: String(grpcPort),
    SKEIN_GRPC_REFLECTION: 'true',
    // One token speaks for all devices of the demonstration.
    SKEIN_RATE_OF_USERS: '0',
    // Less would hide that a service is ready.
    SKEIN_LOG_LEVEL: process.env['SKEIN_LOG_LEVEL'] === 'debug' ? 'debug' : 'info',
    OTEL_EXPORTER_OTLP_ENDPOINT: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
    SKEIN_HEALTH_HOST: '127.0.0.1',
    SKEIN_SOURCE_CACHE_DIRECTORY: join(home, 'sources'),
    SKEIN_SOURCE_ALLOWED_CIDRS: '127.0.0.0/8',
    SKEIN_SOURCE_ALLOWED_FILE_ROOTS: join(home, 'demo'),
    NODE_COMPILE_CACHE: join(skeinFolder, 'compile-cache'),
  };
}
