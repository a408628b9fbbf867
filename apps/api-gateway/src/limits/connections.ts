import type { Server } from 'node:net';
import { meter } from '@skein/telemetry';

/** Has a server close connections at once when there are so many, and counts those. */
export function limitConnections(server: Server, most: number): void {
  const dropped = meter().createCounter('skein_connections_dropped', {
    description: 'Connections that were closed at once, because there were too many.',
  });
  server.maxConnections = most;
  server.on('drop', () => dropped.add(1));
}
