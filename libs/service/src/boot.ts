import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, NestMicroservice } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InvalidConfiguration, ServiceConfig } from '@skein/config';
import { PassThroughFilter } from '@skein/stream';
import { LOGGER, type Logger } from '@skein/telemetry';
import { HealthServer } from './health-server.js';
import { Lifecycle } from './lifecycle.js';
import { nestLogger } from './nest-logger.js';
import { ROOM } from './tokens.js';
import { transportFor } from './transport.js';

/** How a service is reached beside HTTP and its stream. */
export interface Transport {
  readonly strategy: CustomTransportStrategy;
  /** Asked before each handler. */
  readonly guard?: CanActivate;
}

export interface BootOptions {
  readonly module: new () => object;
  /** Whether the service hears events. Default: true. */
  readonly hears?: boolean;
  /** Where it listens for users; health and metrics have a server of their own then. */
  readonly address?: (app: NestFastifyApplication) => { host: string; port: number };
  /** Last touches before it listens. */
  readonly prepare?: (app: NestFastifyApplication) => Promise<void> | void;
  /** By what else it is reached. */
  readonly transports?: (app: NestFastifyApplication) => readonly Transport[];
  readonly adapter?: () => FastifyAdapter;
  /** How long it goes on serving once it is asked to stop. Default: not at all. */
  readonly drainMs?: (app: NestFastifyApplication) => number;
}

/** How long requests in flight may take once the service is asked to stop. */
const PATIENCE_MS = 5_000;

function healthAddress(app: NestFastifyApplication) {
  const { healthHost: host, healthPort: port } = app.get(ServiceConfig);
  return { host, port };
}

async function create({ module, adapter }: BootOptions): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    (adapter ?? (() => new FastifyAdapter()))(),
    {
      bufferLogs: true,
      abortOnError: false,
    },
  );
  app.useLogger(nestLogger(app.get<Logger>(LOGGER)));
  return app;
}

/**
 * Readiness goes first. For a while everything is served as before, until nobody sends anything here any more; then what
 * is in flight is finished, and the connections close.
 * @param hurry ends the while
 */
export async function stopService(
  app: NestFastifyApplication,
  drainMs = 0,
  hurry?: AbortSignal,
): Promise<void> {
  app.get(Lifecycle).drain();
  await sleep(drainMs, undefined, { ...(hurry && { signal: hurry }) }).catch(() => undefined);
  // A connection that stays silent must not hold up the stop.
  setTimeout(() => app.getHttpServer().closeAllConnections(), PATIENCE_MS).unref();
  await app.close();
}

/** Stops at the first signal, and does not wait for anybody at the second. */
function stopOnSignals(app: NestFastifyApplication, logger: Logger, drainMs: number): void {
  const hurry = new AbortController();
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return hurry.abort();
    stopping = true;
    logger.info({ signal, drainMs }, 'stopping');
    await stopService(app, drainMs, hurry.signal);
    logger.info({}, 'stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

/** Connects a transport; the handlers are registered after the filter, which would not hold for them otherwise. */
function connect(app: NestFastifyApplication, { strategy, guard }: Transport): void {
  const connected = app.connectMicroservice(
    { strategy },
    { deferInitialization: true },
  ) as NestMicroservice;
  connected.useGlobalFilters(new PassThroughFilter());
  if (guard) connected.useGlobalGuards(guard);
  connected.registerListeners();
  connected.setIsInitialized(true);
  // The application calls the life-cycle hooks, once for both.
  connected.setIsInitHookCalled(true);
}

/** Builds and starts a service; it is ready when this resolves. One that cannot start leaves nothing open. */
export async function startService(options: BootOptions): Promise<NestFastifyApplication> {
  const app = await create(options);
  try {
    await start(app, options);
    return app;
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
}

async function listen(app: NestFastifyApplication, { address }: BootOptions): Promise<void> {
  if (address) await app.get(HealthServer).listen();
  const { host, port } = (address ?? healthAddress)(app);
  await app.listen(port, host);
}

async function start(app: NestFastifyApplication, options: BootOptions): Promise<void> {
  await options.prepare?.(app);
  if (options.hears ?? true) connect(app, { strategy: await transportFor(app) });
  for (const transport of options.transports?.(app) ?? []) connect(app, transport);
  await app.startAllMicroservices();
  await listen(app, options);
  app.get(Lifecycle).ready();
}

/** The whole of a service's main: starts it, says where it listens, and stops it when asked. */
export async function boot(options: BootOptions): Promise<void> {
  try {
    const app = await startService(options);
    const logger = app.get<Logger>(LOGGER);
    stopOnSignals(app, logger, options.drainMs?.(app) ?? 0);
    const url = await app.getUrl();
    const health = options.address ? app.get(HealthServer).url : url;
    logger.info({ url, health, room: app.get<string>(ROOM) }, 'ready');
  } catch (error) {
    const text = error instanceof InvalidConfiguration ? error.message : (error as Error).stack;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  }
}
