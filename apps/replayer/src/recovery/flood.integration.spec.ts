import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { testRedis, waitFor, type TestRedis } from '@skein/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

const FLOOD = 1_200;
const WINDOW = 100;
const [flooding, other] = [newUid(), newUid()];
let database: MigratedDatabase;
let place: TestRedis;
let prefix: string;
let scene: RecoveryScene;

const open = async (settings: object) => {
  scene = await RecoveryScene.open(
    {
      ...{ adminUrl: database.adminUrl, urlOf: database.urlOf, waitFor },
      ...{ redisUrl: place.url, prefix, settings },
    },
    EFFECTS_TABLE,
  );
};

beforeAll(async () => {
  place = await testRedis();
}, 60_000);
afterAll(() => place?.close());
beforeEach(async () => {
  database = await migratedDatabase(['selector']);
  prefix = `${place.prefix}-${newUid().slice(-8)}`;
}, 60_000);
afterEach(async () => {
  await scene?.close();
  await database?.close();
}, 60_000);

describe('an organisation that floods a service', () => {
  it('does not hold back another one, and loses nothing', async () => {
    await open({ streamWindow: WINDOW });
    scene.beforeEffect = () => sleep(5);
    await scene.append(FLOOD, flooding);
    await scene.append(1, other);
    await waitFor(async () => (await scene.effectsOf(other)) === 1, { timeoutMs: 30_000 });
    const before = await scene.effectsOf(flooding);
    // Without a detour, all of the flood; with it, what was in the window, and what the detour did meanwhile.
    expect(before).toBeLessThan(FLOOD * 0.7);
    scene.beforeEffect = undefined;
    expect(await scene.losses()).toEqual(NO_LOSSES);
    expect(await scene.effectsOf(flooding)).toBe(FLOOD);
  }, 60_000);

  it('loses nothing and does nothing twice when the streams are lost meanwhile', async () => {
    await open({ streamWindow: WINDOW });
    scene.beforeEffect = () => sleep(5);
    await scene.append(FLOOD, flooding);
    await scene.append(10, other);
    await waitFor(async () => (await scene.partitions()).length === 2);
    await waitFor(async () => (await scene.effectsOf(other)) > 0, { timeoutMs: 30_000 });
    const keys = await scene.redis.keys(`${prefix}:*:events`);
    expect(keys).toHaveLength(2);
    await scene.redis.del(...keys);
    scene.beforeEffect = undefined;
    expect(await scene.losses()).toEqual(NO_LOSSES);
    await scene.append(1_200, flooding);
    await scene.append(10, other);
    expect(await scene.losses()).toEqual(NO_LOSSES);
  }, 60_000);
});

describe('a service whose partitions change', () => {
  it('goes on in the new ones, and does nothing twice', async () => {
    await open({ streamPartitions: 2 });
    await scene.append(400);
    await scene.stopReplayer();
    await scene.startReplayer({ streamPartitions: 3 });
    // The new count holds from a thousand numbers ahead.
    await scene.append(1_200);
    expect(await scene.losses()).toEqual(NO_LOSSES);
    expect(await scene.partitions()).toEqual([0, 1, 2]);
    await waitFor(async () => (await scene.redis.keys(`${prefix}:*:events`)).length === 3);
  }, 60_000);
});

describe('a service with three partitions', () => {
  it('handles each event once, through all of them', async () => {
    await open({ streamPartitions: 3 });
    await scene.append(60);
    expect(await scene.losses()).toEqual(NO_LOSSES);
    expect(await scene.partitions()).toEqual([0, 1, 2]);
    const keys = await scene.redis.keys(`${prefix}:*:events`);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      const [group] = (await scene.redis.xinfo('GROUPS', key)) as unknown[][];
      expect(group![group!.indexOf('last-delivered-id') + 1]).not.toBe('0-0');
    }
  }, 60_000);
});
