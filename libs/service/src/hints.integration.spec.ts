import { afterAll, beforeAll, it } from '@jest/globals';
import type { ServiceConfig } from '@skein/config';
import { numberedChannel } from '@skein/events';
import { testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { NumberedHints } from './hints.js';

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await testRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis?.disconnect();
  await server?.close();
});

it('hears that something was numbered, until the service stops', async () => {
  const config = { streamRedis: { url: server.url }, streamPrefix: server.prefix };
  const hints = new NumberedHints(config as unknown as ServiceConfig);
  let heard = 0;
  hints.listen(() => (heard += 1));
  const channel = numberedChannel(server.prefix);
  const listeners = async () => (await redis.pubsub('NUMSUB', channel))[1];
  await waitFor(async () => (await listeners()) === 1);
  await redis.publish(channel, '');
  await waitFor(() => heard === 1);
  hints.onApplicationShutdown();
  await waitFor(async () => (await listeners()) === 0);
});
