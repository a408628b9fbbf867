import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '@skein/testing';

/** Where a door of the gateway is when nobody says otherwise. */
export const usualPorts = { REST: 8_080, gRPC: 9_090 } as const;

/**
 * The port of one of the gateway's doors: the wanted one, else the usual one, else a free one.
 * @throws when the wanted one is taken
 */
export async function choosePort(
  wanted: number | undefined,
  say: (text: string) => void,
  door: keyof typeof usualPorts = 'REST',
): Promise<number> {
  const usualPort = usualPorts[door];
  if (await isFree(wanted ?? usualPort)) return wanted ?? usualPort;
  if (wanted !== undefined)
    throw new Error(`port ${wanted} of 127.0.0.1 is taken: choose another one for ${door}`);
  const port = await freePort();
  say(`port ${usualPort} is taken, so the gateway listens on ${port} for ${door}`);
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
