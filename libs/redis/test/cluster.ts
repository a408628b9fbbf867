import { Redis } from 'ioredis';
import type { Servers } from './servers.js';

const SLOTS = 16_384;
const COUNT = 3;

/** Three primaries that share the slots. */
export async function startCluster(
  { startRedis, freePort, waitFor }: Servers,
  /** TLS, as settings of each server, with the port that it then has. */
  tls?: () => Promise<{ port: number; settings: string[] }>,
) {
  const enabled = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const startOne = async () => {
    const { port, settings } = (await tls?.()) ?? { port: undefined, settings: [] };
    // The standard one, 10,000 above the port, may be above all ports.
    const bus = await freePort();
    const own = [...enabled, '--cluster-port', String(bus), ...settings];
    const server = await startRedis({ kind: 'native', arguments: own });
    return { server, bus, port: port ?? server.port };
  };
  const started = await Promise.all(Array.from({ length: COUNT }, startOne));
  const servers = started.map(({ server }) => server);
  const ports = started.map(({ port }) => port);
  const clients = servers.map(({ url }) => new Redis(url));
  const size = Math.ceil(SLOTS / COUNT);
  for (const [index, client] of clients.entries()) {
    const last = Math.min((index + 1) * size, SLOTS) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', index * size, last);
    await client.call('CLUSTER', 'MEET', '127.0.0.1', ports[0]!, started[0]!.bus);
  }
  const whole = async (client: Redis) => {
    const information = String(await client.call('CLUSTER', 'INFO'));
    return (
      information.includes('cluster_state:ok') && information.includes('cluster_known_nodes:3')
    );
  };
  await waitFor(async () => (await Promise.all(clients.map(whole))).every(Boolean), {
    timeoutMs: 30_000,
    message: 'the cluster',
  });
  for (const client of clients) client.disconnect();
  return {
    url: `${tls ? 'rediss' : 'redis'}+cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`,
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.kill()));
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
