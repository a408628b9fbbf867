import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals';
import { nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
import { Redis } from 'ioredis';
import { listen } from './listen.js';
import { openRedis } from './redis.js';

nativeRedisOrSkip('a Redis with users', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-login-'));
  const file = join(folder, 'password');
  const opened: Redis[] = [];
  const said: { message: string; fields: object }[] = [];
  const say = (fields: object, message: string) => void said.push({ fields, message });
  const logger = { debug: say, info: say, warn: say, error: say };
  let server: RedisServer;
  let admin: Redis;

  const keep = (redis: Redis) => {
    opened.push(redis);
    return redis;
  };
  const setUser = (password: string) =>
    admin.call('ACL', 'SETUSER', 'skein', 'on', 'resetpass', `>${password}`, '~*', '&*', '+@all');
  const open = (more: Partial<Parameters<typeof openRedis>[0]> = {}) =>
    keep(openRedis({ url: server.url, name: 'skein-test-login', logger, ...more }));
  const rotating = () =>
    open({ username: () => 'skein', password: () => readFileSync(file, 'utf8') });

  beforeEach(async () => {
    said.length = 0;
    server = await startRedis({ kind: 'native' });
    admin = keep(new Redis(server.url));
    await setUser('first-secret');
  });
  afterEach(async () => {
    for (const redis of opened.splice(0)) redis.disconnect();
    await server?.stop();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses a wrong password with a clear error that does not show it, and goes on trying', async () => {
    const redis = open({ username: () => 'skein', password: () => 'wrong-secret' });
    const error: unknown = await redis.ping().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(/^WRONGPASS/) });
    await setUser('wrong-secret');
    expect(await waitFor(() => redis.ping())).toBe('PONG');
    const refusal = expect.objectContaining({
      connection: 'skein-test-login',
      reason: expect.stringMatching(/^WRONGPASS/),
    });
    expect(said[0]).toEqual({ fields: refusal, message: expect.any(String) });
    expect(inspect([error, said], { depth: 10 })).not.toContain('wrong-secret');
  });

  it('takes user and password from the URL too', async () => {
    const url = server.url.replace('redis://', 'redis://skein:first-secret@');
    expect(await open({ url }).call('ACL', 'WHOAMI')).toBe('skein');
  });

  it('is listened to as soon as it lets us in', async () => {
    let heard = 0;
    const redis = open({ username: () => 'skein', password: () => 'late-secret' });
    listen(redis, 'wakes', () => (heard += 1));
    await waitFor(() => said.length > 0);
    await setUser('late-secret');
    await waitFor(async () => (await admin.publish('wakes', '')) === 1 && heard > 0);
  });

  it('reads the password again at each connection', async () => {
    writeFileSync(file, 'first-secret');
    const redis = rotating();
    expect(await redis.call('ACL', 'WHOAMI')).toBe('skein');
    writeFileSync(file, 'second-secret');
    await setUser('second-secret');
    await admin.call('CLIENT', 'KILL', 'USER', 'skein');
    await waitFor(async () => (await redis.call('ACL', 'WHOAMI')) === 'skein');
    expect(said.map(({ fields }) => fields)).not.toContainEqual(
      expect.objectContaining({ reason: expect.stringMatching(/^WRONGPASS/) }),
    );
  });
});
