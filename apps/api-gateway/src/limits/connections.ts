import type { Server, Socket } from 'node:net';
import { meter } from '@skein/telemetry';
import type { HeapRoom } from './heap-room.js';

export interface ConnectionLimits {
  readonly most: number;
  readonly room: HeapRoom;
  /** What each takes of the room, in bytes. */
  readonly bytes: number;
}

/** Has a server close connections at once when there are too many or the heap has no room for them, and counts those. */
export function limitConnections(server: Server, { most, room, bytes }: ConnectionLimits): void {
  const dropped = meter().createCounter('skein_connections_dropped', {
    description: 'Connections that were closed at once, because there were too many.',
  });
  const leave = () => room.give(bytes);
  server.maxConnections = most;
  server.on('drop', () => dropped.add(1));
  server.prependListener('connection', (socket: Socket) => {
    if (room.take(bytes)) return void socket.on('close', leave);
    dropped.add(1);
    socket.destroy();
  });
}
