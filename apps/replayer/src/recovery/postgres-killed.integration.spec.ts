import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@skein/migrate';
import {
  startPostgres,
  testRedis,
  waitFor,
  type PostgresServer,
  type TestRedis,
} from '@skein/testing';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

let server: PostgresServer;
let place: TestRedis;
let scene: RecoveryScene;

beforeAll(async () => {
  [server, place] = await Promise.all([
    startPostgres({ database: 'skein', settings: { wal_writer_delay: '10s' } }),
    testRedis(),
  ]);
  const { urlOf } = await migrate({ url: server.url, services: ['selector'] });
  const { url: redisUrl, prefix } = place;
  const places = { adminUrl: server.url, urlOf, redisUrl, prefix, waitFor };
  scene = await RecoveryScene.open(places, EFFECTS_TABLE);
});
afterAll(async () => {
  await scene?.close();
  await place?.close();
  await server?.stop();
});

async function halfDelivered(): Promise<void> {
  const before = scene.begun;
  scene.hold();
  await scene.append(12);
  await waitFor(async () => (await scene.redis.xlen(scene.key)) === 12);
  await waitFor(() => scene.begun > before);
}

async function healed(): Promise<void> {
  scene.release();
  expect(await scene.losses()).toEqual(NO_LOSSES);
  await scene.append(3);
  expect(await scene.losses()).toEqual(NO_LOSSES);
}

/** Appends until the log takes it again. */
const appended = (count: number) => waitFor(() => scene.append(count).then(() => true));

const terminate = () =>
  scene.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );

describe('every event takes effect once, and nothing is left, when PostgreSQL', () => {
  it('is killed while a batch is being handled, and starts again', async () => {
    await halfDelivered();
    await server.kill();
    scene.release();
    await server.restart();
    await appended(6);
    await healed();
  });

  it('is killed between two batches', async () => {
    await appended(30);
    await server.kill();
    await server.restart();
    await appended(6);
    await healed();
  });

  it('takes back effects that were acknowledged before they reached the disk', async () => {
    await halfDelivered();
    // Whatever else commits makes them durable too.
    await scene.stopReplayer();
    const before = await scene.effects();
    scene.release();
    const pending = async () =>
      ((await scene.redis.xpending(scene.key, 'selector')) as [number])[0];
    await waitFor(async () => (await scene.effects()) === before + 12 && (await pending()) === 0);
    await server.kill();
    await server.restart();
    const after = await waitFor(() => scene.effects().catch(() => undefined));
    expect(after).toBeLessThan(before + 12);
    await scene.startReplayer();
    await appended(3);
    await healed();
  });

  it('ends all connections while a batch is being handled', async () => {
    await halfDelivered();
    await terminate();
    await appended(6);
    await healed();
  });

  it('ends all connections again and again, while it is appended, numbered and handled', async () => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([appended(9), terminate()]);
    }
    await healed();
  });
});
