import { Redis } from 'ioredis';
import { freePort } from '../free-port.js';
import { waitFor } from '../wait-for.js';
import { startRedis, type RedisServer } from './redis.js';

const SLOTS = 16_384;
const COUNT = 3;

export interface ClusterShape {
  /** TLS as settings of a server, with the port that it then has besides the one without; called for each node. */
  readonly tls?: () => Promise<{ port: number; settings: string[] }>;
  /** The first primary gets a replica, which takes its place within a few seconds. */
  readonly replica?: boolean;
}

export interface RedisCluster {
  /** As our settings take it. */
  readonly url: string;
  /** The primaries, and then the replica. */
  readonly nodes: readonly RedisServer[];
  stop(): Promise<void>;
}

interface Node {
  readonly server: RedisServer;
  readonly port: number;
  readonly bus: number;
}

async function startNode({ tls }: ClusterShape): Promise<Node> {
  const { port, settings } = (await tls?.()) ?? { port: undefined, settings: [] };
  // The standard one, 10,000 above the port, may be one of an outgoing connection.
  const bus = await freePort();
  const own = [
    ...(tls ? ['--tls-cluster', 'yes'] : []),
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'],
    ...['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
    ...['--cluster-require-full-coverage', 'no'],
    ...['--cluster-port', String(bus), ...settings],
  ];
  const server = await startRedis({ kind: 'native', arguments: own });
  return { server, bus, port: port ?? server.port };
}

async function giveSlots(clients: Redis[], { port, bus }: Node) {
  const size = Math.ceil(SLOTS / COUNT);
  for (const [index, client] of clients.entries()) {
    const last = Math.min((index + 1) * size, SLOTS) - 1;
    if (index < COUNT) await client.call('CLUSTER', 'ADDSLOTSRANGE', index * size, last);
    await client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
  }
}

async function areWhole(clients: Redis[]) {
  const informations = await Promise.all(clients.map((client) => client.call('CLUSTER', 'INFO')));
  return informations.every(
    (information) =>
      String(information).includes('cluster_state:ok') &&
      String(information).includes(`cluster_known_nodes:${clients.length}`),
  );
}

/** Until the others know of it too: they elect it. */
async function follow(replica: Redis, primary: Redis) {
  await replica.call('CLUSTER', 'REPLICATE', String(await primary.call('CLUSTER', 'MYID')));
  await waitFor(async () => (await replica.info('replication')).includes('master_link_status:up'));
}

const knowReplica = async (clients: Redis[]) => {
  const known = await Promise.all(clients.map((client) => client.call('CLUSTER', 'NODES')));
  return known.every((nodes) => / (myself,)?slave /.test(String(nodes)));
};

/** Three primaries that share the slots, and go on when one of them is away. Needs a native server. */
export async function startRedisCluster(shape: ClusterShape = {}): Promise<RedisCluster> {
  const length = COUNT + (shape.replica ? 1 : 0);
  const nodes = await Promise.all(Array.from({ length }, () => startNode(shape)));
  const clients = nodes.map(({ server }) => new Redis(server.url));
  const patient = { timeoutMs: 30_000, message: 'the cluster' };
  await giveSlots(clients, nodes[0]!);
  await waitFor(() => areWhole(clients), patient);
  if (shape.replica) {
    await follow(clients[COUNT]!, clients[0]!);
    await waitFor(() => knowReplica(clients), patient);
  }
  for (const client of clients) client.disconnect();
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const all = nodes.map(({ server }) => server);
  return {
    url: `${shape.tls ? 'rediss' : 'redis'}+cluster://${addresses}`,
    nodes: all,
    stop: async () => {
      for (const { pid } of all) if (pid) process.kill(pid, 'SIGCONT');
      await Promise.all(all.map((server) => server.kill()));
      await Promise.all(all.map((server) => server.stop()));
    },
  };
}
