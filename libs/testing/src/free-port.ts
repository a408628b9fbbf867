import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';

/**
 * Above those that `fetch` refuses, of which 10,080 is the last (Fetch standard, port blocking). Systems give outgoing
 * connections one above these: 32,768 and up on Linux, 49,152 and up elsewhere (RFC 6335, 6).
 */
const PORTS = { lowest: 10_081, end: 32_768 } as const;
const TRIES = 100;

async function listen(options: ListenOptions) {
  const server = createServer().listen(options);
  await once(server, 'listening');
  return server;
}

/**
 * For the life of this process, among all that ask here: an abstract socket, which Linux removes with its process and
 * keeps per network namespace, as ports are. Elsewhere only chance keeps two apart.
 */
async function lease(port: number): Promise<void> {
  if (process.platform !== 'linux') return;
  const held = await listen({ path: `\0skein-port-${port}` });
  held.unref();
}

/**
 * A TCP port of 127.0.0.1 that was free a moment ago, which is given to nobody else who asks for one, nor by the system
 * to an outgoing connection.
 * @throws the system's error when a hundred ports in a row could not be listened on
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(PORTS.lowest, PORTS.end);
    try {
      await lease(port);
      const server = await listen({ port, host: '127.0.0.1' });
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
