import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLog } from '@skein/event-log';
import { deviceCreated, deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene, windowOf } from '../../test/publishing-scene.js';
import { PublishTally } from '../publishing/tally.js';
import type { Window } from '../publishing/window.js';
import { StreamFiguresReader, type StreamFigures } from './stream-figures.js';

let database: MigratedDatabase;
let place: TestRedis;
let redis: Redis;
let log: LogScene;
let scene: PublishingScene;
let selector: Postgres;
let consumer: ConsumerLog;
let window: Window;
let reader: StreamFiguresReader;

beforeAll(async () => {
  [database, place] = await Promise.all([migratedDatabase(['selector']), testRedis()]);
  redis = new Redis(place.url);
  log = await LogScene.open(database, openTransaction);
  scene = new PublishingScene(log, redis, place.prefix);
  selector = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(selector, 'selector');
});
afterAll(async () => {
  redis?.disconnect();
  await Promise.all([log?.close(), selector?.close(), place?.close()]);
  await database?.close();
});
beforeEach(async () => {
  await log.admin.query(
    'truncate selector.inbox, selector.retries, selector.failed_members, selector.parked, selector.dead_letters, selector.counts',
  );
  await scene.empty(deviceDeleted.type);
  window = windowOf(100);
  reader = new StreamFiguresReader(log.replayer, scene.stream, new PublishTally(), window);
});

const read = async (): Promise<StreamFigures> => (await reader.read())!;
async function handle(...numbers: number[]): Promise<void> {
  const deliveries = await log.deliveries(numbers);
  await selector.transaction((transaction) => consumer.fence(transaction, 0, deliveries));
}
const readFromStream = (count: number) =>
  redis.xreadgroup('GROUP', 'selector', 'me', 'COUNT', count, 'STREAMS', scene.stream.key, '>');

describe('the lag', () => {
  it('is what waits in PostgreSQL, in the stream, or with a consumer', async () => {
    await scene.number(10);
    expect(await read()).toMatchObject({ lag: 10, lagIsComplete: true, checkpoint: 0 });
    await scene.run(scene.publisher(4));
    await readFromStream(2);
    expect(await read()).toMatchObject({ lag: 10, pending: 2, windowEntries: 4, windowFill: 0.04 });
    await handle(1, 2);
    expect(await read()).toMatchObject({ lag: 8 });
    await scene.checkpoint(2);
    expect(await read()).toMatchObject({ lag: 8, checkpoint: 2 });
    await scene.number(5);
    expect(await read()).toMatchObject({ lag: 13 });
    await scene.checkpoint(15);
    expect(await read()).toMatchObject({ lag: 0, replayWindowSeconds: 0 });
  });

  it('leaves out what others hear, what is parked, and retries that are not due', async () => {
    await scene.number(3);
    await consumer.park(1, 'unknown');
    await consumer.retryLater({ number: 2, attempts: 1, delayMs: 60_000, reason: 'broken' });
    expect(await read()).toMatchObject({ lag: 1, retries: 1, dueRetries: 0, parked: 1 });
    await log.admin.query('delete from log.hearings');
    await scene.hear(deviceCreated.type);
    expect(await read()).toMatchObject({ lag: 0 });
  });

  it('has retries that are due, also those that the checkpoint has passed', async () => {
    await scene.number(3);
    await consumer.retryLater({ number: 1, attempts: 1, delayMs: 0, reason: 'broken' });
    await consumer.retryLater({ number: 3, attempts: 1, delayMs: 0, reason: 'broken' });
    await handle(2);
    expect(await read()).toMatchObject({ lag: 2, retries: 2, dueRetries: 2 });
    await scene.checkpoint(2);
    expect(await read()).toMatchObject({ lag: 2 });
    await consumer.tryDue(1, { by: '00000000-0000-7000-8000-000000000001', forMs: 60_000 });
    expect(await read()).toMatchObject({ lag: 2 });
    await consumer.bury(1, 2, 'broken');
    expect(await read()).toMatchObject({ lag: 1, deadLetters: 1 });
  });

  it('has members of batch events that failed and are due, though the others are handled', async () => {
    await scene.number(2);
    await handle(1, 2);
    await log.admin.query(
      `insert into selector.failed_members (number, member, attempts, due, reason)
       values (1, 0, 1, now(), 'broken'), (1, 7, 1, now() + interval '1 hour', 'broken')`,
    );
    expect(await read()).toMatchObject({ lag: 1, retries: 2, dueRetries: 1 });
  });

  it('of a long backlog is counted step by step, and is never more than there is', async () => {
    await log.admin.query(
      `insert into log.sequence (sequence, position, type)
       select n, n, (select id from log.types where name = $1) from generate_series(1, 300000) n`,
      [deviceDeleted.type],
    );
    expect(await read()).toMatchObject({ lag: 200_000, lagIsComplete: false });
    expect(await read()).toMatchObject({ lag: 300_000, lagIsComplete: true });
    await scene.checkpoint(250_000);
    expect(await read()).toMatchObject({ lag: 50_000, lagIsComplete: true });
  });
});

describe('the other figures', () => {
  it('have counts of the service, and the age of what is pending', async () => {
    await scene.number(2);
    await scene.run(scene.publisher());
    await readFromStream(2);
    await consumer.count({ redeliveries: 2, fenceHits: 1 });
    await consumer.count({ redeliveries: 3 });
    const figures = await waitFor(async () => {
      const found = await read();
      return found.oldestPendingSeconds! > 0 && found;
    });
    expect(figures).toMatchObject({ pending: 2, redeliveries: 5, fenceHits: 1 });
    expect(figures.checkpointAgeSeconds).toBeGreaterThan(0);
    expect(figures.replayWindowSeconds).toBe(figures.checkpointAgeSeconds);
  });

  it('have the bytes of the window, which is as full as the fuller of bytes and entries', async () => {
    window = windowOf(100, 10_000);
    reader = new StreamFiguresReader(log.replayer, scene.stream, new PublishTally(), window);
    await log.commit(log.event(undefined, 'x'.repeat(6_000)));
    await scene.number();
    await scene.run(scene.publisher(window));
    const { windowEntries, windowBytes, windowFill, windowBytesLimit } = await read();
    expect([windowEntries, windowBytesLimit]).toEqual([1, 10_000]);
    expect(windowBytes).toBeGreaterThan(6_000);
    expect(windowFill).toBe(windowBytes! / 10_000);
  });

  it('are there without Redis, which they do not wait for', async () => {
    const gone = new Redis('redis://127.0.0.1:1', {
      maxRetriesPerRequest: null,
      lazyConnect: true,
    });
    gone.on('error', () => undefined);
    const away = new PublishingScene(log, gone, place.prefix).stream;
    reader = new StreamFiguresReader(log.replayer, away, new PublishTally(), window);
    await scene.number(3);
    for (let look = 0; look < 2; look += 1) {
      expect(await read()).toMatchObject({ lag: 3, pending: null, windowFill: null });
    }
    gone.disconnect();
  });

  it('are not there before the service registered', async () => {
    await log.admin.query('truncate log.checkpoints');
    expect(await reader.read()).toBeUndefined();
  });
});
