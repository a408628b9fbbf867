import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  freePort,
  nativeRedisOrSkip,
  startRedisCluster,
  startRedisSentinels,
  waitFor,
  type RedisCluster,
  type RedisSentinels,
} from '@skein/testing';
import type { Cluster, Redis } from 'ioredis';
import { makeCertificates } from '../test/certificates.js';
import type { RedisTls } from './live-options.js';
import { openRedis } from './redis.js';

const keys = ['one', 'two', 'three', 'four'];

nativeRedisOrSkip('TLS with more than one server', () => {
  const own = makeCertificates();
  const others = makeCertificates();
  const opened: Redis[] = [];
  const ignore = () => undefined;

  const tlsOf =
    ({ settings }: typeof own, more: string[] = []) =>
    async () => {
      const port = await freePort();
      return { port, settings: [...settings(port), ...more] };
    };
  const open = (url: string, settings: RedisTls, reasons: string[] = []) => {
    const warn = (fields: object) => void reasons.push((fields as { reason: string }).reason);
    const logger = { debug: ignore, info: ignore, warn, error: ignore };
    const redis = openRedis({ url, name: 'skein-test-tls', tls: settings, logger });
    opened.push(redis);
    return redis;
  };
  const good = { ca: own.ca, ...own.client };
  const refusal = async (url: string, settings: RedisTls) => {
    const reasons: string[] = [];
    const redis = open(url, settings, reasons);
    const waiting = redis.ping().catch(() => undefined);
    await waitFor(() => reasons.length > 0);
    redis.disconnect();
    await waiting;
    return reasons[0];
  };

  afterEach(() => {
    for (const redis of opened.splice(0)) redis.disconnect();
  });
  afterAll(() => {
    own.remove();
    others.remove();
  });

  const refusals = (url: () => string) => {
    it('is refused with another authority, which is said', async () => {
      const reason = await refusal(url(), { ...good, ca: others.ca });
      expect(reason).toMatch(/self-signed|unable to verify|issuer/);
    });

    it('is refused under another name, which is said', async () => {
      expect(await refusal(url(), { ...good, serverName: 'elsewhere' })).toMatch(/altnames/);
    });

    it('lets nobody in without a certificate', async () => {
      expect(await refusal(url(), { ca: own.ca })).toMatch(/certificate required|ECONNRESET/);
    });
  };

  describe('to Sentinels, and to the primary that they name', () => {
    let pair: RedisSentinels;
    beforeAll(async () => {
      pair = await startRedisSentinels({ tls: tlsOf(own) });
    });
    afterAll(async () => {
      await pair?.stop();
    });

    refusals(() => pair.url);

    it('is spoken with both, also after a failover', async () => {
      const redis = open(pair.url, good);
      const portOf = async () => Number(/tcp_port:(\d+)/.exec(await redis.info('server'))?.[1]);
      expect(await redis.set('before', 'failover')).toBe('OK');
      expect(redis.stream).toHaveProperty('encrypted', true);
      await pair.primary.kill();
      expect(await waitFor(() => redis.set('after', 'failover'), { timeoutMs: 40_000 })).toBe('OK');
      expect(redis.stream).toHaveProperty('encrypted', true);
      expect(await portOf()).not.toBe(pair.primary.port);
    });
  });

  describe('to the nodes of a cluster', () => {
    let cluster: RedisCluster;
    beforeAll(async () => {
      cluster = await startRedisCluster({ tls: tlsOf(own) });
    });
    afterAll(async () => {
      await cluster?.stop();
    });

    refusals(() => cluster.url);

    it.each(['127.0.0.1', 'localhost'])('is spoken with each of them, as %s', async (host) => {
      const redis = open(cluster.url.replaceAll('127.0.0.1', host), good);
      for (const key of keys) expect(await redis.set(key, key)).toBe('OK');
      const nodes = (redis as unknown as Cluster).nodes('master');
      const used = nodes.filter(({ status }) => status === 'ready');
      expect(used.length).toBeGreaterThan(1);
      for (const { stream } of used) expect(stream).toHaveProperty('encrypted', true);
    });
  });

  it('is spoken with a cluster that announces the names that its certificates bear', async () => {
    const named = makeCertificates('DNS:localhost');
    const announced = ['--cluster-announce-hostname', 'localhost'];
    const preferred = ['--cluster-preferred-endpoint-type', 'hostname'];
    const cluster = await startRedisCluster({
      tls: tlsOf(named, [...announced, ...preferred]),
    });
    const url = cluster.url.replaceAll('127.0.0.1', 'localhost');
    const redis = open(url, { ca: named.ca, ...named.client });
    const stored = waitFor(() => Promise.all(keys.map((key) => redis.set(key, key))));
    expect(await stored.finally(() => cluster.stop())).toEqual(keys.map(() => 'OK'));
    named.remove();
  });
});
