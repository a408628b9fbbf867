import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayConfig } from '../gateway.config.js';
import { limitConnections } from '../limits/connections.js';
import { HELD_BY, HeapRoom } from '../limits/heap-room.js';
import { noteRequests } from './unused-connections.js';

/** How often Node looks for requests that take too long to arrive. */
export const LOOK_FOR_SLOW_MS = 500;

const isStream = (payload: unknown) =>
  payload !== null && typeof payload === 'object' && 'pipe' in payload;

/**
 * Bounds what slow clients and many connections can hold: requests that do not arrive, answers that are not taken, idle
 * connections. Who waits for a document or watches has sent its request, and is not touched: a watch bounds its client itself.
 */
export function boundConnections(app: NestFastifyApplication): void {
  const config = app.get(GatewayConfig);
  const server: Server = app.getHttpServer();
  server.requestTimeout = config.requestTimeoutMs;
  server.headersTimeout = Math.min(config.headersTimeoutMs, config.requestTimeoutMs);
  server.keepAliveTimeout = config.keepAliveMs;
  noteRequests(server);
  limitConnections(server, {
    most: config.maxConnections,
    room: app.get(HeapRoom),
    bytes: HELD_BY.restConnection,
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request, _reply, payload, done) => {
      // Node ends a connection on which nothing moves for so long, and sets another time for the next request.
      if (!isStream(payload)) request.raw.socket.setTimeout(config.stalledAnswerMs);
      done();
    });
}
