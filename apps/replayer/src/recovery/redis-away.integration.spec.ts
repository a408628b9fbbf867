import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

let database: MigratedDatabase;
let scene: RecoveryScene;

async function open(server: RedisServer): Promise<void> {
  const { adminUrl, urlOf } = database;
  scene = await RecoveryScene.open(
    { adminUrl, urlOf, redisUrl: server.url, waitFor },
    EFFECTS_TABLE,
  );
}

async function numbered(): Promise<void> {
  await waitFor(async () => {
    const [row] = await scene.admin.query<{ events: number; numbers: number }>(
      `select (select count(*) from log.events) as events, (select count(*) from log.sequence) as numbers`,
    );
    return row!.events === row!.numbers;
  });
}

async function healed(): Promise<void> {
  expect(await scene.losses()).toEqual(NO_LOSSES);
  await scene.append(3);
  expect(await scene.losses()).toEqual(NO_LOSSES);
}

/** Some are being handled, some lie in the stream. */
async function halfDelivered(): Promise<void> {
  const before = scene.begun;
  scene.hold();
  await scene.append(12);
  await waitFor(async () => (await scene.redis.xlen(scene.key)) === 12);
  await waitFor(() => scene.begun > before);
}

nativeRedisOrSkip('Redis that is down', () => {
  let server: RedisServer;
  beforeAll(async () => {
    database = await migratedDatabase(['selector']);
    server = await startRedis({ kind: 'native' });
  });
  afterAll(async () => {
    await scene?.close();
    await server?.stop();
    await database?.close();
  });

  it('when all starts: the log is numbered, and all is delivered when it comes', async () => {
    await server.kill();
    await open(server);
    await scene.append(9);
    await numbered();
    await server.restart();
    await healed();
  });

  it('after a crash with an append-only file: what happened meanwhile is delivered', async () => {
    await halfDelivered();
    await server.kill();
    await scene.append(5);
    await numbered();
    scene.release();
    await server.restart();
    await healed();
  });

  it('twice, while the batch that was begun before is still being handled', async () => {
    await halfDelivered();
    await server.kill();
    await scene.append(5);
    await server.restart();
    await server.kill();
    await server.restart();
    await scene.append(5);
    scene.release();
    await healed();
  });
});

nativeRedisOrSkip('Redis without a file', () => {
  let server: RedisServer;
  beforeAll(async () => {
    database = await migratedDatabase(['selector']);
    server = await startRedis({ kind: 'native', arguments: ['--appendonly', 'no'] });
    await open(server);
  });
  afterAll(async () => {
    await scene?.close();
    await server?.stop();
    await database?.close();
  });

  const configure = (name: string, value: string) => scene.redis.config('SET', name, value);
  const effects = async () => {
    const [row] = await scene.admin.query<{ count: number }>(
      'select count(*) from selector.effects',
    );
    return row!.count;
  };

  it('that crashes comes back empty, and gets all that was not handled', async () => {
    await halfDelivered();
    await server.kill();
    await scene.append(5);
    await numbered();
    scene.release();
    await server.restart();
    await healed();
  });

  it('that is out of memory: what it has is handled, and the rest waits in the log', async () => {
    await halfDelivered();
    const before = await effects();
    await configure('maxmemory', '1');
    await scene.append(6);
    await numbered();
    scene.release();
    await waitFor(async () => (await effects()) === before + 12);
    await waitFor(async () => (await scene.redis.xlen(scene.key)) === 0);
    expect(await effects()).toBe(before + 12);
    await configure('maxmemory', '0');
    await healed();
  });

  it('that is out of memory and lost its stream: it is made again when there is room', async () => {
    await halfDelivered();
    await configure('maxmemory', '1');
    await scene.redis.del(scene.key);
    scene.release();
    await scene.append(6);
    await numbered();
    expect(await scene.redis.exists(scene.key)).toBe(0);
    await configure('maxmemory', '0');
    await healed();
  });

  it('that evicts the stream while a batch is being handled', async () => {
    await halfDelivered();
    await configure('maxmemory-policy', 'allkeys-lru');
    await configure('maxmemory', '1');
    await waitFor(async () => (await scene.redis.dbsize()) === 0);
    await configure('maxmemory', '0');
    await configure('maxmemory-policy', 'noeviction');
    scene.release();
    await healed();
  });
});
