import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, deviceDeleted, newUid, repositoryDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { openLogger } from '@skein/telemetry';
import { openTransaction, testRedis, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { LogScene } from '../../test/log-scene.js';
import { PublishingScene } from '../../test/publishing-scene.js';
import { Checkpointer } from './checkpointer.js';

let database: MigratedDatabase;
let place: TestRedis;
let scene: PublishingScene;
let checkpointer: Checkpointer;

const numbersIn = async (table: string) =>
  (
    await scene.log.admin.query<{ number: number }>(
      `select number from selector.${table} order by 1`,
    )
  ).map(({ number }) => number);
async function reached(): Promise<number> {
  await checkpointer.step();
  const [row] = await scene.log.admin.query<{ number: number }>(
    'select number from log.checkpoints',
  );
  return row!.number;
}
/** A consumer takes the next entries; their handling is another matter. */
async function deliver(count: number): Promise<void> {
  await scene.redis.xreadgroup(
    'GROUP',
    'selector',
    'test',
    'COUNT',
    count,
    'STREAMS',
    scene.stream.key,
    '>',
  );
}
async function acknowledge(...numbers: number[]): Promise<void> {
  await scene.redis.xack(scene.stream.key, 'selector', ...numbers.map((number) => `${number}-0`));
}
const handle = (...numbers: number[]) =>
  scene.log.admin.query('insert into selector.inbox select unnest($1::bigint[])', [numbers]);
async function publish(count: number): Promise<void> {
  await scene.number(count);
  await scene.run(scene.publisher());
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  place = await testRedis();
  const log = await LogScene.open(database, openTransaction);
  scene = new PublishingScene(log, new Redis(place.url), place.prefix);
  checkpointer = new Checkpointer(log.replayer, scene.stream, openLogger('replayer', 'silent'));
});
afterAll(async () => {
  scene?.redis.disconnect();
  await place?.close();
  await scene?.log.close();
  await database?.close();
});
beforeEach(async () => {
  await scene.empty(deviceDeleted.type);
  await scene.log.admin.query('truncate selector.inbox, selector.retries, selector.parked');
});

describe('how far the checkpoint moves', () => {
  it('up to before the smallest entry that is not acknowledged', async () => {
    await publish(5);
    await deliver(4);
    await handle(1, 2, 3, 4);
    await acknowledge(1, 2, 4);
    expect(await reached()).toBe(2);
  });

  it('up to before the next event that is not delivered', async () => {
    await publish(5);
    await deliver(3);
    await handle(1, 2, 3);
    await acknowledge(1, 2, 3);
    expect(await reached()).toBe(3);
  });

  it('not past what is numbered and not published yet', async () => {
    await publish(2);
    await deliver(2);
    await handle(1, 2);
    await acknowledge(1, 2);
    await scene.number(2);
    expect(await reached()).toBe(2);
  });

  it('over what the service does not hear, up to the last number', async () => {
    const unheard = () => ({
      definition: repositoryDeleted,
      org: DEFAULT_ORGANISATION,
      subject: newUid(),
      data: { name: 'x' },
    });
    await scene.log.commit(unheard(), scene.log.event(), unheard(), unheard());
    await publish(0);
    await deliver(1);
    await handle(2);
    await acknowledge(2);
    expect(await reached()).toBe(4);
    expect(await numbersIn('retries')).toEqual([]);
  });

  it('never back, and never past the log', async () => {
    await publish(3);
    await deliver(3);
    await handle(1, 2, 3);
    await acknowledge(1, 2, 3);
    expect(await reached()).toBe(3);
    await scene.redis.del(scene.stream.key);
    expect(await reached()).toBe(3);
    await scene.stream.setUp(0);
    expect(await reached()).toBe(3);
    await scene.redis.del(scene.stream.key);
    await scene.stream.setUp(100);
    expect(await reached()).toBe(3);
  });
});

describe('a stream that is ahead of the log', () => {
  it('says nothing about what was delivered: it had other events', async () => {
    await publish(3);
    await scene.redis.del(scene.stream.key);
    await scene.stream.setUp(100);
    expect(await reached()).toBe(0);
    expect(await numbersIn('retries')).toEqual([]);
  });
});

describe('what PostgreSQL must agree with', () => {
  async function lose(): Promise<void> {
    await publish(4);
    await deliver(4);
    await acknowledge(1, 2, 3, 4);
  }

  it('an event that is not handled becomes a retry that is due now', async () => {
    await lose();
    await handle(1, 3, 4);
    expect(await reached()).toBe(4);
    const retries = await scene.log.admin.query(
      'select number, attempts, due <= now() as due from selector.retries',
    );
    expect(retries).toEqual([{ number: 2, attempts: 0, due: true }]);
  });

  it('rows of other numbers do not stand in for a missing one', async () => {
    await lose();
    await handle(1, 2, 3, 7, 8);
    await reached();
    expect(await numbersIn('retries')).toEqual([4]);
  });

  it('what waits as a retry or parked is not lost, and is left as it is', async () => {
    await lose();
    await handle(1, 4);
    await scene.log.admin.query(
      `insert into selector.retries values (2, 3, now() + interval '1 hour', now(), 'failed')`,
    );
    await scene.log.admin.query(`insert into selector.parked values (3, now(), 'unknown')`);
    expect(await reached()).toBe(4);
    expect(await scene.log.admin.query('select number, attempts from selector.retries')).toEqual([
      { number: 2, attempts: 3 },
    ]);
  });
});

describe('pruning', () => {
  it('takes inbox rows away up to the checkpoint, and trims the stream', async () => {
    await publish(4);
    await deliver(3);
    await handle(1, 2, 3);
    await acknowledge(1, 2);
    expect(await checkpointer.step()).toBe(2);
    expect([await numbersIn('inbox'), await scene.ids()]).toEqual([[3], [3, 4]]);
  });

  it('keeps the row of a number that waits: it is what stops the retry', async () => {
    await publish(3);
    await deliver(3);
    await handle(1, 2, 3);
    await scene.log.admin.query(
      `insert into selector.retries values (2, 0, now(), now(), 'zombie')`,
    );
    await scene.log.admin.query(`insert into selector.parked values (3, now(), 'unknown')`);
    await acknowledge(1, 2, 3);
    await reached();
    expect(await numbersIn('inbox')).toEqual([2, 3]);
  });

  it('waits for a retry that somebody puts down: what stops its second effect stays', async () => {
    await publish(2);
    await deliver(2);
    // It began before a peer handled the event, and commits after the checkpoint has passed it.
    const late = await scene.log.hold(database.urlOf('selector'));
    await late.query(`insert into selector.retries values (2, 1, now(), now(), 'failed')`);
    await handle(1, 2);
    await acknowledge(1, 2);
    expect(await reached()).toBe(2);
    await late.commit();
    await reached();
    expect([await numbersIn('retries'), await numbersIn('inbox')]).toEqual([[2], [2]]);
  });

  it('by another replayer since this one looked does not make handled events look lost', async () => {
    await publish(3);
    await deliver(3);
    await handle(1, 2, 3);
    await acknowledge(1, 2, 3);
    const { replayer } = scene.log;
    const query = async <Row>(sql: string, parameters?: readonly unknown[]) => {
      const rows = await replayer.query<Row>(sql, parameters);
      await checkpointer.step();
      return rows;
    };
    const transaction = replayer.transaction.bind(replayer);
    const slow = { query, transaction } as unknown as typeof replayer;
    await new Checkpointer(slow, scene.stream, openLogger('replayer', 'silent')).step();
    expect([await numbersIn('inbox'), await numbersIn('retries')]).toEqual([[], []]);
  });

  it('does nothing without a stream, a group or a registration', async () => {
    expect(await checkpointer.step()).toBe(0);
    await publish(1);
    await scene.redis.xgroup('DESTROY', scene.stream.key, 'selector');
    expect(await reached()).toBe(0);
    await scene.log.admin.query('truncate log.checkpoints');
    expect(await checkpointer.step()).toBe(0);
  });
});
