import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nativeRedisOrSkip, startRedisCluster, type RedisCluster } from '@skein/testing';
import { StartProcess } from '../test/start-process.js';

nativeRedisOrSkip('npm start on a given Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());

  it('ends with all devices up to date', async () => {
    const environment = { SKEIN_STREAM_REDIS_URL: cluster.url };
    await using start = await StartProcess.start(['--once', '--devices', '3'], environment);
    const code = await start.ended();
    expect(start.output).toContain('Redis: streams on the cluster of 127.0.0.1:');
    expect({ code, output: start.output }).toMatchObject({ code: 0 });
  }, 180_000);
});
