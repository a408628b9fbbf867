import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '@skein/testing';

const usualPort = 8_080;

/**
 * The gateway's port: the wanted one, else 8080, else a free one.
 * @throws when the wanted one is taken
 */
export async function choosePort(
  wanted: number | undefined,
  say: (text: string) => void,
): Promise<number> {
  if (await isFree(wanted ?? usualPort)) return wanted ?? usualPort;
  if (wanted !== undefined)
    throw new Error(`port ${wanted} of 127.0.0.1 is taken: choose another --port`);
  const port = await freePort();
  say(`port ${usualPort} is taken, so the gateway listens on ${port}`);
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
