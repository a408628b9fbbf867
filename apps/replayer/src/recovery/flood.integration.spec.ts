import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DETOUR, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { testRedis, waitFor, type TestRedis } from '@skein/testing';
import { EFFECTS_TABLE, NO_LOSSES, RecoveryScene } from '../../test/recovery-scene.js';

const FLOOD = 400;
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
});
afterAll(() => place?.close());
beforeEach(async () => {
  database = await migratedDatabase(['selector']);
  prefix = `${place.prefix}-${newUid().slice(-8)}`;
});
afterEach(async () => {
  await scene?.close();
  await database?.close();
});

describe('an organisation that floods a service', () => {
  /** Resolves with the number above which its events take the detour. */
  async function flood(): Promise<number> {
    await open({ streamWindow: WINDOW });
    scene.hold();
    await scene.append(FLOOD, flooding);
    await scene.append(10, other);
    await waitFor(async () => (await scene.partitions()).join() === `0,${DETOUR}`);
    const [detour] = await scene.admin.query<{ from: number }>(
      'select from_number as from from log.detours',
    );
    return detour!.from;
  }

  it('does not hold back another one, even if its own events do not get on', async () => {
    const from = await flood();
    expect(from).toBeLessThan(FLOOD);
    const stuck = Promise.withResolvers<void>();
    scene.beforeEffect = (events) => {
      const onDetour = events.some(
        ({ sequence, event }) => event.org === flooding && sequence > from,
      );
      return onDetour ? stuck.promise : undefined;
    };
    scene.release();
    await waitFor(async () => (await scene.effectsOf(other)) === 10);
    expect(await scene.effectsOf(flooding)).toBeLessThan(FLOOD);
    stuck.resolve();
    expect(await scene.losses()).toEqual(NO_LOSSES);
    expect(await scene.effectsOf(flooding)).toBe(FLOOD);
  });

  it('loses nothing and does nothing twice when the streams are lost meanwhile', async () => {
    await flood();
    const keys = () => scene.redis.keys(`${prefix}:*:events`);
    await waitFor(async () => (await keys()).length === 2);
    await scene.redis.del(...(await keys()));
    scene.release();
    expect(await scene.losses()).toEqual(NO_LOSSES);
    await scene.append(FLOOD, flooding);
    await scene.append(10, other);
    expect(await scene.losses()).toEqual(NO_LOSSES);
  });
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
  });
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
  });
});
