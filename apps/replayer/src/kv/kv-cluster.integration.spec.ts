import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { RedisConfig, withCacheRedis } from '@skein/config';
import { groups, streamKey } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { nativeRedisOrSkip, startRedisCluster, waitFor, type RedisCluster } from '@skein/testing';
import { Cluster } from 'ioredis';
import type { KvFigures } from './kv-figures.js';
import { KvServers } from './kv-servers.js';

const keys = groups.map((group) => streamKey('skein-test-kv', group, 0));
const SERVERS = 'select node, figures from log.kv_figures order by node';

class Config extends withCacheRedis(RedisConfig) {}

nativeRedisOrSkip('the nodes of a cluster', () => {
  let cluster: RedisCluster;
  let database: MigratedDatabase;
  let postgres: Postgres;
  let client: Cluster;
  let kv: KvServers;
  const logged: string[] = [];
  const keep = (_fields: object, text: string) => void logged.push(text);

  beforeAll(async () => {
    [cluster, database] = await Promise.all([startRedisCluster(), migratedDatabase(['selector'])]);
    postgres = await Postgres.open({ url: database.urlOf('replayer'), applicationName: 'test' });
    const { port } = cluster.nodes[0]!;
    client = new Cluster([{ host: '127.0.0.1', port }]);
    kv = new KvServers({
      config: Object.assign(new Config(), { streamRedisUrl: cluster.url }),
      ...{ postgres, streamKeys: () => keys },
      logger: { debug: keep, info: keep, warn: keep, error: keep },
    });
    kv.start();
  });
  afterAll(async () => {
    kv?.stop();
    client?.disconnect();
    await postgres?.close();
    await Promise.all([cluster?.stop(), database?.close()]);
  });

  it('have a row each, with the streams that are theirs', async () => {
    for (const key of keys) await client.xadd(key, '1-0', 'f', 'x'.repeat(10_000));
    const rows = await waitFor(async () => {
      await kv.step();
      const found = await postgres.query<{ node: string; figures: KvFigures }>(SERVERS);
      return found.length === cluster.nodes.length && found;
    });
    const ports = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).sort();
    expect(rows.map(({ node }) => node)).toEqual(ports);
    const sum = (figure: (figures: KvFigures) => number) =>
      rows.reduce((total, { figures }) => total + figure(figures), 0);
    expect(sum(({ queueDepth }) => queueDepth!)).toBe(keys.length);
    const bytes = sum(({ bytesByKind }) => bytesByKind!.streams);
    expect(bytes).toBeGreaterThan(keys.length * 10_000);
    expect(bytes).toBeLessThan(keys.length * 20_000);
  });

  it('hold no cache, which is said', async () => {
    const rows = await postgres.query<{ figures: KvFigures }>(SERVERS);
    expect(rows.map(({ figures }) => figures.use)).toEqual(cluster.nodes.map(() => 'streams'));
    expect(logged).toContain('contents are not cached: a cluster cannot hold the cache');
  });
});
