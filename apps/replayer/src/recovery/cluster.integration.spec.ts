import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { streamKey } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { nativeRedisOrSkip, startRedisCluster, waitFor, type RedisCluster } from '@skein/testing';
import { Redis } from 'ioredis';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

const PARTITIONS = 6;

nativeRedisOrSkip('partitions on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let database: MigratedDatabase;
  let scene: RecoveryScene;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    database = await migratedDatabase(['selector']);
    const settings = { streamPartitions: PARTITIONS };
    const places = { adminUrl: database.adminUrl, urlOf: database.urlOf, waitFor, settings };
    scene = await RecoveryScene.open({ ...places, redisUrl: cluster.url }, EFFECTS_TABLE);
    await scene.append(60);
    expect(await scene.losses()).toEqual(NO_LOSSES);
  });
  afterEach(async () => {
    await scene?.close();
    await database?.close();
  });

  const onNode = async <Result>(url: string, work: (redis: Redis) => Promise<Result>) => {
    const redis = new Redis(url);
    return work(redis).finally(() => redis.disconnect());
  };
  const keysOn = (url: string) => onNode(url, (redis) => redis.keys('skein:*:events'));

  it('spread over its nodes, and each event takes effect once', async () => {
    const keys = await Promise.all(cluster.nodes.map(({ url }) => keysOn(url)));
    const all = Array.from({ length: PARTITIONS }, (_, at) => streamKey('skein', 'selector', at));
    expect(keys.flat().sort()).toEqual(all.sort());
    expect(keys.filter((some) => some.length > 0).length).toBeGreaterThan(1);
  });

  it('are made again when one node is emptied', async () => {
    scene.hold();
    await scene.append(60);
    await waitFor(() => scene.begun > 15);
    await onNode(cluster.nodes[0]!.url, (redis) => redis.flushall());
    await onNode(cluster.nodes[1]!.url, (redis) => redis.flushall());
    scene.release();
    expect(await scene.losses()).toEqual(NO_LOSSES);
  });

  it('go on where they can while one node is away, and lose nothing when it is back empty', async () => {
    const [away] = cluster.nodes;
    expect(await keysOn(away!.url)).not.toEqual([]);
    const before = await scene.effects();
    await away!.kill();
    await scene.append(60);
    await waitFor(async () => (await scene.effects()) > before + 10);
    await away!.restart();
    expect(await scene.losses()).toEqual(NO_LOSSES);
  });
});
