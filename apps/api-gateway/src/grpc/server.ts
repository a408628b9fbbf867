import { createServer, type AddressInfo, type Server as Listener } from 'node:net';
import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { limitConnections } from '../limits/connections.js';
import { HELD_BY, type HeapRoom } from '../limits/heap-room.js';
import { REQUEST_LIMIT_BYTES } from '../limits/request-size.js';
import type { CallStreams } from './call-streams.js';
import type { EndlessStreams } from './endless-streams.js';
import { endLateMessages } from './late-messages.js';

export interface GrpcLimits {
  readonly maxConnections: number;
  /** How long a connection may stay without a call. */
  readonly keepAliveMs: number;
  /** How long the message of a call may take to arrive. */
  readonly requestTimeoutMs: number;
  readonly room: HeapRoom;
}

/** Limits of one connection, and when it is taken for dead. */
const options: ServerOptions = {
  'grpc.max_receive_message_length': REQUEST_LIMIT_BYTES,
  'grpc.max_concurrent_streams': 1_000,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
};

export const openServer = (
  { endless, calls }: { readonly endless: EndlessStreams; readonly calls: CallStreams },
  limits: GrpcLimits,
): Server =>
  new Server({
    ...options,
    'grpc.max_connection_idle_ms': limits.keepAliveMs,
    // The last one is the nearest to the handler: what it answers goes through all.
    interceptors: [
      endless.interceptor,
      endLateMessages(limits.requestTimeoutMs),
      calls.interceptor,
    ],
  });

export interface GrpcAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Takes connections for a server, which cannot limit them itself. @returns with `port`, where it listens */
export async function listen(
  server: Server,
  { host, port }: GrpcAddress,
  { maxConnections: most, room }: GrpcLimits,
): Promise<{ readonly listener: Listener; readonly port: number }> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => injector.injectConnection(socket));
  limitConnections(listener, { most, room, bytes: HELD_BY.grpcConnection });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', ({ message }) => {
      reject(new Error(`SKEIN_GRPC_PORT: cannot listen at ${host}:${port}: ${message}`));
    });
    listener.listen({ host, port }, resolve);
  });
  return { listener, port: (listener.address() as AddressInfo).port };
}

/** Lets the calls in flight end, and ends those that take too long. */
export async function stop(server: Server, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), patienceMs);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
}
