import { setLogger } from '@grpc/grpc-js';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, type Logger } from '@skein/telemetry';
import { GatewayConfig } from '../gateway.config.js';
import { HeapRoom } from '../limits/heap-room.js';
import { CallStreams } from './call-streams.js';
import { GrpcHealth } from './health.js';
import { reflection } from './reflection.js';
import { GrpcTransport } from './transport.js';

/** What the library says, in our log. */
const consoleInto = (logger: Logger): Partial<Console> => ({
  error: (text: unknown) => logger.warn({}, String(text)),
  info: (text: unknown) => logger.debug({}, String(text)),
  debug: (text: unknown) => logger.debug({}, String(text)),
});

/** Longer than a device waits for its document: whoever waits is answered, and not cut off. */
const BEYOND_LONG_POLL_MS = 60_000;

/** The gRPC door with its settings. */
@Injectable()
export class GrpcDoor {
  readonly transport: GrpcTransport;

  constructor(
    config: GatewayConfig,
    health: GrpcHealth,
    room: HeapRoom,
    calls: CallStreams,
    @Inject(LOGGER) logger: Logger,
  ) {
    setLogger(consoleInto(logger));
    const { grpcHost: host, grpcPort: port, grpcReflection, longPollMs } = config;
    const { maxConnections, keepAliveMs, requestTimeoutMs } = config;
    const address = { host, port };
    const limits = { maxConnections, keepAliveMs, requestTimeoutMs, room };
    const others = [health, ...(grpcReflection ? [reflection()] : [])];
    const longestMs = longPollMs + BEYOND_LONG_POLL_MS;
    this.transport = new GrpcTransport({ address, limits, calls, logger, longestMs, others });
  }
}
