import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION,
  decode,
  deviceDeleted,
  fleetDeleted,
  newUid,
  repositoryDeleted,
  type NewEvent,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openTransaction, testRedis, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene, upTo, windowOf } from '../../test/publishing-scene.js';

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
beforeEach(() => scene.empty(deviceDeleted.type, fleetDeleted.type));

describe('what is published', () => {
  const named = (definition: typeof fleetDeleted, name: string): NewEvent => ({
    definition,
    org: DEFAULT_ORGANISATION,
    subject: newUid(),
    data: { name },
  });

  it('is what the service hears, of all types in the order of numbers, as envelopes', async () => {
    await scene.log.commit(
      named(deviceDeleted, 'one'),
      named(repositoryDeleted, 'not heard'),
      named(fleetDeleted, 'three'),
      named(deviceDeleted, 'four'),
    );
    await scene.number();
    expect(await scene.run(scene.publisher())).toBe(3);
    expect(await scene.ids()).toEqual([1, 3, 4]);
    const entries = await scene.redis.xrange(scene.stream.key, '-', '+');
    const events = entries.map(([, [, text]]) => decode(text!));
    expect(events.map(({ data }) => (data as { name: string }).name)).toEqual([
      'one',
      'three',
      'four',
    ]);
    expect(entries.map(([, fields]) => fields[0])).toEqual(events.map(({ id }) => id));
  });

  it('begins where a type that is new in this build is heard from', async () => {
    await scene.log.commit(named(repositoryDeleted, 'before'));
    await scene.number();
    await scene.hear(repositoryDeleted.type);
    await scene.log.commit(named(repositoryDeleted, 'after'));
    await scene.number();
    await scene.run(scene.publisher());
    expect(await scene.ids()).toEqual([2]);
  });

  it('is nothing before the service registered', async () => {
    await scene.number(1);
    const render = scene.streamOf('render');
    expect(await scene.run(scene.publisher(1_000, 3_600_000, render))).toBe(0);
    expect(await scene.redis.exists(render.key)).toBe(0);
  });

  it('goes in several appends when it is large', async () => {
    const large = 'x'.repeat(60_000);
    await scene.log.commit(...Array.from({ length: 100 }, () => scene.log.event(newUid(), large)));
    await scene.number();
    const one = scene.publisher();
    const first = await scene.step(one);
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(100);
    expect(first + (await scene.run(one))).toBe(100);
    expect(await scene.ids()).toEqual(upTo(100));
  });
});

describe('a log that was restored to an earlier point while it is published', () => {
  it('has nothing appended to an entry that it lost: the stream is made again', async () => {
    const publisher = scene.publisher();
    await scene.number(3);
    await scene.run(publisher);
    await scene.log.admin.query(
      `update log.events set id = gen_random_uuid()
       where position = (select position from log.sequence where sequence = 3)`,
    );
    await scene.number(1);
    expect([await scene.step(publisher), await scene.ids()]).toEqual([0, [1, 2, 3]]);
    expect(await scene.run(publisher)).toBe(4);
    const entries = await scene.redis.xrange(scene.stream.key, '-', '+');
    const deliveries = await scene.log.deliveries([1, 2, 3, 4]);
    expect(entries.map(([, fields]) => fields[0])).toEqual(deliveries.map(({ id }) => id));
  });
});

describe('the window', () => {
  it('stops the stream from growing when it is full, and lets it go on when it is trimmed', async () => {
    await scene.number(25);
    const one = scene.publisher(10);
    expect(await scene.run(one)).toBe(10);
    expect(await scene.ids()).toEqual(upTo(10));
    await scene.checkpoint(4);
    one.trimmed(await scene.stream.trim(4));
    expect(await scene.run(one)).toBe(4);
    expect(await scene.ids()).toEqual(upTo(14, 5));
    await scene.checkpoint(14);
    one.trimmed(await scene.stream.trim(14));
    expect(await scene.run(one)).toBe(10);
    expect(await scene.ids()).toEqual(upTo(24, 15));
  });

  it('counts what is there, also when an inspection saw the trimming first', async () => {
    await scene.number(30);
    const one = scene.publisher(10, 0);
    await scene.run(one);
    await scene.checkpoint(5);
    const trimmed = await scene.stream.trim(5);
    await scene.run(one);
    one.trimmed(trimmed);
    await scene.run(one);
    expect(await scene.ids()).toHaveLength(10);
  });
});

describe('the window in bytes', () => {
  const large = (count: number, bytes = 1_000) =>
    scene.log.commit(
      ...Array.from({ length: count }, () => scene.log.event(newUid(), 'é'.repeat(bytes / 2))),
    );
  const inRedis = async () => {
    const entries = await scene.redis.xrange(scene.stream.key, '-', '+');
    return entries
      .flatMap(([, [id, text]]) => [id!, text!])
      .reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  };

  beforeEach(async () => {
    await large(20);
    await scene.number();
  });

  it('stops the stream from growing when it is full, and lets it go on when it is trimmed', async () => {
    const window = windowOf(1_000, 10_000);
    const one = scene.publisher(window);
    const first = await scene.run(one);
    expect(first).toBeGreaterThan(3);
    expect(first).toBeLessThan(10);
    expect(window.bytes).toBe(await inRedis());
    await scene.checkpoint(2);
    one.trimmed(await scene.stream.trim(2));
    expect(await scene.run(one)).toBe(2);
    expect(await scene.ids()).toEqual(upTo(first + 2, 3));
    expect(window.bytes).toBe(await inRedis());
  });

  it('counts what somebody else has published', async () => {
    await scene.run(scene.publisher(windowOf(1_000, 10_000)));
    const published = await scene.ids();
    const window = windowOf(1_000, 10_000);
    expect(await scene.run(scene.publisher(window))).toBe(0);
    expect(await scene.ids()).toEqual(published);
    expect(window.bytes).toBe(await inRedis());
  });

  it('measures a long stream page by page, and no more than may be in it', async () => {
    await scene.number(1_200);
    await scene.run(scene.publisher(2_000));
    const measured = await scene.stream.measure(1_100, 1_050);
    expect(measured.map(({ sequence }) => sequence)).toEqual(upTo(1_050));
    expect(await scene.stream.measure(1_100, 2_000)).toHaveLength(1_100);
  });

  it('lets an event that is larger than the window enter alone', async () => {
    await scene.empty(deviceDeleted.type);
    await large(3, 5_000);
    await scene.number();
    const one = scene.publisher(windowOf(1_000, 4_000));
    for (const number of [1, 2, 3]) {
      expect(await scene.run(one)).toBe(1);
      expect(await scene.ids()).toEqual([number]);
      await scene.checkpoint(number);
      one.trimmed(await scene.stream.trim(number));
    }
  });

  it('does not read the next event again and again while it does not fit', async () => {
    const window = windowOf(1_000, 10_000);
    const one = scene.publisher(window);
    await scene.run(one);
    const before = scene.reads;
    await scene.run(one);
    expect(scene.reads).toBe(before);
  });
});

describe('two publishers at once', () => {
  it('neither repeat nor reorder nor lose an event', async () => {
    const both = [scene.publisher(), scene.publisher()];
    for (let turn = 0; turn < 10; turn += 1) {
      await scene.number(50);
      await Promise.all(both.map((one) => scene.run(one)));
    }
    await scene.run(both[0]!);
    expect(await scene.ids()).toEqual(upTo(500));
  });

  it('the one that knows an old end of the stream looks again and goes on', async () => {
    const [stale, leader] = [scene.publisher(), scene.publisher()];
    await scene.number(2);
    await scene.run(stale);
    await scene.number(2);
    await scene.run(leader);
    await scene.number(2);
    expect(await scene.step(stale)).toBe(0);
    expect(await scene.ids()).toEqual(upTo(4));
    expect(await scene.run(stale)).toBe(2);
    expect(await scene.ids()).toEqual(upTo(6));
  });
});
