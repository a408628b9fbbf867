import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue, deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { ConsumerLog } from './consumer-log.js';
import { EventTypes } from './event-types.js';

let database: MigratedDatabase;
let admin: Postgres;
let gateway: Postgres;
let selector: Postgres;
let consumer: ConsumerLog;

const tables = ['inbox', 'retries', 'parked', 'dead_letters'];
const rows = async (): Promise<Record<string, number[]>> => {
  const found = await Promise.all(
    tables.map(async (table) => {
      const numbers = await admin.query<{ number: number }>(
        `select number from selector.${table} order by number`,
      );
      return [table, numbers.map(({ number }) => number)] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, numbers]) => numbers.length > 0));
};
const byHand = async (name: string, ...numbers: number[]) =>
  (await gateway.query<{ done: number }>(`select selector.${name}($1) as done`, [numbers])).map(
    ({ done }) => done,
  );

beforeAll(async () => {
  database = await migratedDatabase(['gateway', 'selector']);
  const open = (url: string) => Postgres.open({ url, applicationName: 'test' });
  [admin, gateway, selector] = await Promise.all([
    open(database.adminUrl),
    open(database.urlOf('gateway')),
    open(database.urlOf('selector')),
  ]);
  consumer = new ConsumerLog(selector, 'selector');
});
afterAll(async () => {
  await Promise.all([admin, gateway, selector].map((postgres) => postgres?.close()));
  await database?.close();
});
beforeEach(async () => {
  await admin.query(`truncate ${tables.map((table) => `selector.${table}`).join()}`);
  await admin.query('truncate log.checkpoints, log.sequence');
  await consumer.register();
});

describe('a dead letter', () => {
  beforeEach(async () => {
    for (const number of [1, 2, 3]) await consumer.bury(number, 11, 'broken');
  });

  it('that is tried again is no longer done, and due at once with no attempt', async () => {
    expect(await byHand('retry_dead_letters', 3, 1, 7)).toEqual([1, 3]);
    expect(await rows()).toEqual({ inbox: [2], dead_letters: [2], retries: [1, 3] });
    expect(await consumer.due(10)).toEqual([
      { number: 1, attempts: 0, suspect: false },
      { number: 3, attempts: 0, suspect: false },
    ]);
    const retried = (number: number) =>
      selector.transaction((transaction) => consumer.fenceRetry(transaction, number));
    expect([await retried(1), await retried(1)]).toEqual([true, false]);
  });

  it('that is dropped stays done', async () => {
    expect(await byHand('drop_dead_letters', 2, 7)).toEqual([2]);
    expect(await rows()).toEqual({ inbox: [1, 2, 3], dead_letters: [1, 3] });
  });

  it('is tried again once, when two people ask at once', async () => {
    const first = await openTransaction(database.urlOf('gateway'));
    const second = await openTransaction(database.urlOf('gateway'));
    const ask = 'select selector.retry_dead_letters($1) as done';
    expect(await first.query(ask, [[1, 2]])).toHaveLength(2);
    const waiting = second.query<{ done: number }>(ask, [[3, 2]]);
    await second.untilItWaits();
    await first.commit();
    expect(await waiting).toEqual([{ done: 3 }]);
    await second.commit();
    expect(await rows()).toEqual({ retries: [1, 2, 3] });
  });
});

describe('a parked event', () => {
  beforeEach(async () => {
    for (const number of [1, 2]) await consumer.park(number, 'unknown');
  });

  it('that is tried again is due at once', async () => {
    expect(await byHand('retry_parked', 2)).toEqual([2]);
    expect(await rows()).toEqual({ parked: [1], retries: [2] });
  });

  it('that is dropped is done; below the checkpoint it leaves no row', async () => {
    await admin.query('update log.checkpoints set number = 1');
    expect(await byHand('drop_parked', 1, 2)).toEqual([1, 2]);
    expect(await rows()).toEqual({ inbox: [2] });
  });
});

describe('parked events of types that this build knows', () => {
  beforeEach(async () => {
    const types = await EventTypes.load(selector);
    await admin.query(
      `insert into log.types (name) values ('skein.device.moved.v9') on conflict do nothing`,
    );
    await admin.query(
      `insert into log.sequence (sequence, position, type)
       select n, n, case n when 2 then (select id from log.types where name = 'skein.device.moved.v9') else $1 end
       from generate_series(1, 3) n`,
      [types.idOf(deviceDeleted.type)],
    );
    for (const number of [1, 2, 3, 9]) await consumer.park(number, 'unknown');
  });

  it('are tried when it registers, and now and then; the others stay', async () => {
    expect(catalogue.has('skein.device.moved.v9')).toBe(false);
    await consumer.register();
    expect(await rows()).toEqual({ parked: [2, 9], retries: [1, 3] });
    expect((await consumer.due(10)).map(({ number }) => number)).toEqual([1, 3]);
    await consumer.park(3, 'an older build met it');
    expect(await consumer.wakeParked()).toBe(1);
    expect(await rows()).toEqual({ parked: [2, 9], retries: [1, 3] });
  });
});

it('the gateway can do nothing else in the schema of another service', async () => {
  for (const sql of [
    'insert into selector.retries (number, attempts, due, reason) values (1, 0, now(), $$x$$)',
    'delete from selector.dead_letters',
    'update selector.parked set reason = null',
    'select * from selector.inbox',
    'select selector.fence(0, array[1], $$x$$)',
  ]) {
    await expect(gateway.query(sql)).rejects.toMatchObject({ code: '42501' });
  }
  const render = { url: database.urlOf('render'), applicationName: 'test' };
  const other = await Postgres.open(render);
  await expect(other.query('select selector.retry_parked(array[1])')).rejects.toMatchObject({
    code: '42501',
  });
  await other.close();
});
