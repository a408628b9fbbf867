import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { REQUEST_LIMIT_BYTES } from '../resources/request-limit.js';
import type { EndlessStreams } from './endless-streams.js';

/** Limits of one connection, and when it is taken for dead. */
const options: ServerOptions = {
  'grpc.max_receive_message_length': REQUEST_LIMIT_BYTES,
  'grpc.max_concurrent_streams': 1_000,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
};

export const openServer = ({ interceptor }: EndlessStreams): Server =>
  new Server({ ...options, interceptors: [interceptor] });

/**
 * Binds a server to its address.
 * @returns the port, which is a free one for port 0
 */
export function bind(server: Server, host: string, port: number): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (!error) return resolve(bound);
      reject(new Error(`SKEIN_GRPC_PORT: cannot listen at ${address}: ${error.message}`));
    });
  });
}

/** Lets the calls in flight end, and ends those that take too long. */
export async function stop(server: Server, patienceMs: number): Promise<void> {
  const timer = setTimeout(() => server.forceShutdown(), patienceMs);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(timer);
}
