import type { Server } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import { meter, type Logger } from '@skein/telemetry';

/** What the gateway needs of the heap by itself, and what one connection on which a device waits (`npm run bench -- devices`), in bytes. */
const OWN = 100 * 1_024 * 1_024;
const OF_ONE = 11 * 1_024;

const LIMITED = 'connections are limited by the heap: --max-old-space-size gives Node more';

/** With more connections a heap of so many bytes may be full, which ends the process. */
export function roomForConnections(heapLimit: number): number {
  return Math.max(1, Math.floor((heapLimit - OWN) / OF_ONE));
}

/**
 * Has a server close connections at once when there are too many, and counts those.
 * @param most the setting; fewer are let in if the heap has no room for them
 */
export function limitConnections(server: Server, most: number, logger: Logger): void {
  const room = roomForConnections(getHeapStatistics().heap_size_limit);
  if (room < most) logger.info({ connections: room, most }, LIMITED);
  const dropped = meter().createCounter('skein_connections_dropped', {
    description: 'Connections that were closed at once, because there were too many.',
  });
  server.maxConnections = Math.min(most, room);
  server.on('drop', () => dropped.add(1));
}
