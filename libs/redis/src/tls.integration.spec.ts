import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort, nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
import type { Redis } from 'ioredis';
import { makeCertificates } from '../test/certificates.js';
import type { RedisTls } from './live-options.js';
import { openRedis } from './redis.js';

nativeRedisOrSkip('a Redis with TLS', () => {
  const certificates = makeCertificates();
  const { ca, client, settings } = certificates;
  const opened: Redis[] = [];
  const reasons: unknown[] = [];
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields: object) => void reasons.push((fields as { reason: unknown }).reason),
    error: () => undefined,
  };
  let server: RedisServer;
  let port: number;

  const open = (tls: RedisTls, host = 'localhost') => {
    const url = `rediss://${host}:${port}`;
    const redis = openRedis({ url, name: 'skein-test-tls', tls, logger });
    opened.push(redis);
    return redis;
  };
  const refusal = async (redis: Redis) => {
    reasons.length = 0;
    const waiting = redis.ping().catch(() => undefined);
    await waitFor(() => reasons.length > 0);
    redis.disconnect();
    await waiting;
    return String(reasons[0]);
  };

  beforeAll(async () => {
    port = await freePort();
    server = await startRedis({ kind: 'native', arguments: settings(port) });
  });
  afterAll(async () => {
    for (const redis of opened) redis.disconnect();
    await server?.stop();
    certificates.remove();
  });

  it('is trusted with its authority, and trusts the client by its certificate', async () => {
    expect(await open({ ca, ...client }).ping()).toBe('PONG');
    expect(await open({ ca, ...client }, '127.0.0.1').ping()).toBe('PONG');
  });

  it('is refused without its authority, which is said', async () => {
    expect(await refusal(open(client))).toMatch(/self-signed|unable to verify|issuer/);
  });

  it('is refused under another name, which is said', async () => {
    expect(await refusal(open({ ca, ...client, serverName: 'elsewhere' }))).toMatch(/altnames/);
  });

  it('is taken as it is when that was chosen', async () => {
    expect(await open({ ...client, skipVerify: true }).ping()).toBe('PONG');
  });

  it('refuses a client without a certificate', async () => {
    expect(await refusal(open({ ca }))).not.toBe('');
  });

  it('reads the certificates again at each connection, and keeps the last good ones', async () => {
    let key = client.key();
    const redis = open({ ca, certificate: client.certificate, key: () => key });
    await redis.ping();
    key = key.slice(0, 50);
    redis.disconnect(true);
    await waitFor(() => redis.status !== 'ready');
    expect(await redis.ping()).toBe('PONG');
  });

  it('is not opened with a certificate that is none', () => {
    expect(() => open({ ca, certificate: () => 'none', key: client.key })).toThrow();
  });
});
