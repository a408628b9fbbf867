import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { deviceDeleted, fleetDeleted, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction, testRedis, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene, upTo } from '../../test/publishing-scene.js';
import type { Publisher } from './publisher.js';

let database: MigratedDatabase;
let place: TestRedis;
let scene: PublishingScene;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  place = await testRedis();
  const log = await LogScene.open(database, openTransaction);
  scene = new PublishingScene(log, new Redis(place.url), place.prefix);
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
  await scene?.log.close();
  await database?.close();
});
beforeEach(() => scene.empty(deviceDeleted.type));

describe('a damaged stream', () => {
  const heal = async (one: Publisher) => {
    one.distrust();
    await scene.run(one);
  };

  it('that was emptied never gets the newest event first, and is rebuilt from its checkpoint', async () => {
    const one = scene.publisher();
    await scene.number(4);
    await scene.run(one);
    await scene.checkpoint(2);
    await scene.redis.del(scene.stream.key);
    await scene.number(1);
    await scene.run(one);
    expect(await scene.ids()).toEqual([3, 4, 5]);
  });

  it('that is ahead of the log is rebuilt', async () => {
    await scene.number(3);
    const one = scene.publisher();
    await scene.run(one);
    await scene.redis.xadd(scene.stream.key, '100-0', newUid(), '{}');
    await heal(one);
    expect(await scene.ids()).toEqual([1, 2, 3]);
    await scene.number(1);
    await scene.run(one);
    expect(await scene.ids()).toEqual([1, 2, 3, 4]);
  });

  it('whose last entry has another event id is rebuilt', async () => {
    await scene.number(3);
    await scene.stream.setUp(0);
    const other = upTo(3).map((sequence) => ({ sequence, eventId: newUid(), text: '{}' }));
    await scene.stream.append(0, other);
    const one = scene.publisher();
    await scene.run(one);
    const events = await scene.log.admin.query<{ id: string }>(
      'select id from log.events order by position',
    );
    const entries = await scene.redis.xrange(scene.stream.key, '-', '+');
    expect(entries.map(([, fields]) => fields[0])).toEqual(events.map(({ id }) => id));
  });

  it('that is a copy from before its checkpoint is gone on with from there', async () => {
    await scene.number(5);
    await scene.stream.setUp(1);
    await scene.checkpoint(3);
    await scene.run(scene.publisher());
    expect(await scene.ids()).toEqual([4, 5]);
  });

  it('is not what a stream is whose checkpoint went on over what others hear', async () => {
    await scene.number(2);
    const one = scene.publisher();
    await scene.run(one);
    await scene.stream.trim(2);
    const other = { ...scene.log.event(), definition: fleetDeleted };
    await scene.log.commit(other, other, scene.log.event());
    await scene.number();
    await scene.checkpoint(4);
    await heal(one);
    expect(await scene.ids()).toEqual([5]);
    expect(await scene.stream.delivered()).toEqual({ last: 0, pending: undefined });
  });

  it('is found by the regular inspection, without anything new', async () => {
    const one = scene.publisher(1_000, 0);
    await scene.number(3);
    await scene.run(one);
    await scene.redis.xtrim(scene.stream.key, 'MAXLEN', 1);
    await scene.run(one);
    expect(await scene.ids()).toEqual([1, 2, 3]);
  });

  it('an older copy that is sound is gone on with, not rebuilt', async () => {
    const one = scene.publisher();
    await scene.number(3);
    await scene.run(one);
    const copy = await scene.redis.dumpBuffer(scene.stream.key);
    await scene.number(3);
    await scene.run(one);
    await scene.redis.restore(scene.stream.key, 0, copy, 'REPLACE');
    await scene.number(1);
    await scene.run(one);
    expect(await scene.ids()).toEqual(upTo(7));
  });
});
