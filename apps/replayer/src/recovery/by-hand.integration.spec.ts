import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { nativeRedisOrSkip, startRedis, waitFor, type RedisServer } from '@skein/testing';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

const GROUP = 'selector';

nativeRedisOrSkip('every event takes effect once, and nothing is left', () => {
  let database: MigratedDatabase;
  let server: RedisServer;
  let scene: RecoveryScene;
  beforeAll(async () => {
    [database, server] = await Promise.all([
      migratedDatabase(['selector']),
      startRedis({ kind: 'native' }),
    ]);
    scene = await RecoveryScene.open(
      { adminUrl: database.adminUrl, urlOf: database.urlOf, redisUrl: server.url, waitFor },
      EFFECTS_TABLE,
    );
  });
  afterAll(async () => {
    await scene?.close();
    await server?.stop();
    await database?.close();
  });
  afterEach(() => scene.release());

  /** Of twelve events the first four are being handled, the others lie in the stream. */
  async function halfDelivered(): Promise<string[]> {
    const before = scene.begun;
    scene.hold();
    await scene.append(12);
    await waitFor(async () => (await scene.redis.xlen(scene.key)) === 12);
    await waitFor(() => scene.begun > before);
    return (await scene.redis.xrange(scene.key, '-', '+')).map(([id]) => id);
  }

  async function healed(): Promise<void> {
    scene.release();
    expect(await scene.losses()).toEqual(NO_LOSSES);
    await scene.append(3);
    expect(await scene.losses()).toEqual(NO_LOSSES);
  }

  describe('when somebody', () => {
    it('does nothing', async () => {
      await halfDelivered();
      await healed();
    });

    it('deletes the stream', async () => {
      await halfDelivered();
      await scene.redis.del(scene.key);
      await healed();
    });

    it('destroys the group', async () => {
      await halfDelivered();
      await scene.redis.xgroup('DESTROY', scene.key, GROUP);
      await healed();
    });

    it('moves the group back to the beginning', async () => {
      await halfDelivered();
      await scene.redis.xgroup('SETID', scene.key, GROUP, '0');
      await healed();
    });

    it('moves the group forward to the end', async () => {
      await halfDelivered();
      await scene.redis.xgroup('SETID', scene.key, GROUP, '$');
      await healed();
    });

    it.each([1, 9])('trims the stream to its last %d entries', async (left) => {
      await halfDelivered();
      await scene.redis.xtrim(scene.key, 'MAXLEN', left);
      await healed();
    });

    it('trims the stream to nothing', async () => {
      await halfDelivered();
      await scene.redis.xtrim(scene.key, 'MAXLEN', 0);
      await healed();
    });

    it.each([
      ['that are being handled', 0, 4],
      ['that were not delivered, in the middle', 6, 9],
      ['that were not delivered, at the end', 9, 12],
      ['of which some were delivered', 2, 7],
    ])('deletes entries %s', async (_which, from, to) => {
      const ids = await halfDelivered();
      await scene.redis.xdel(scene.key, ...ids.slice(from, to));
      await healed();
    });

    it('deletes entries that a dead consumer had', async () => {
      const ids = await halfDelivered();
      await scene.redis.xreadgroup('GROUP', GROUP, 'dead', 'COUNT', 4, 'STREAMS', scene.key, '>');
      await scene.redis.xdel(scene.key, ...ids.slice(4, 8));
      await healed();
    });

    it('empties Redis while a batch is being handled', async () => {
      await halfDelivered();
      await scene.redis.flushall();
      await healed();
    });
  });

  describe('when an older replica is promoted, whose stream ends', () => {
    it('before what was handled meanwhile', async () => {
      await halfDelivered();
      const copy = await scene.redis.dumpBuffer(scene.key);
      scene.release();
      expect(await scene.losses()).toEqual(NO_LOSSES);
      await scene.append(5);
      expect(await scene.losses()).toEqual(NO_LOSSES);
      await scene.redis.restore(scene.key, 0, copy, 'REPLACE');
      await healed();
    });

    it('before what is being handled and what waits', async () => {
      await scene.append(3);
      expect(await scene.losses()).toEqual(NO_LOSSES);
      const copy = await scene.redis.dumpBuffer(scene.key);
      await halfDelivered();
      await scene.redis.restore(scene.key, 0, copy, 'REPLACE');
      await healed();
    });
  });
});
