import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, putIntoLog } from '@skein/testing';
import { deletion, deliveryOf } from '../test/deliveries.js';
import { ConsumerLog } from './consumer-log.js';

let database: MigratedDatabase;
let admin: Postgres;
let postgres: Postgres;
let consumer: ConsumerLog;

const fenceRetry = (number: number) =>
  postgres.transaction((transaction) => consumer.fenceRetry(transaction, number));
const retryLater = (number: number, attempts = 1, delayMs = 0) =>
  consumer.retryLater({ number, attempts, delayMs, reason: `try ${attempts}` });
const numbersIn = async (table: string) =>
  (
    await admin.query<{ number: number }>(`select number from selector.${table} order by number`)
  ).map(({ number }) => number);
const tables = async () => ({
  inbox: await numbersIn('inbox'),
  retries: await numbersIn('retries'),
  parked: await numbersIn('parked'),
  dead: await numbersIn('dead_letters'),
});
const nothing = { inbox: [], retries: [], parked: [], dead: [] };
const checkpoint = (number: number) =>
  admin.query(`update log.checkpoints set number = $1 where service = 'selector'`, [number]);
/** A peer handles the number, the checkpoint passes it, and its inbox row is pruned. */
const handledByPeer = async (number: number) => {
  await checkpoint(number);
  await admin.query('delete from selector.inbox where number <= $1', [number]);
};

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  postgres = await Postgres.open({ url: database.urlOf('selector'), applicationName: 'test' });
  consumer = new ConsumerLog(postgres, 'selector');
});
afterAll(async () => {
  await Promise.all([admin?.close(), postgres?.close()]);
  await database?.close();
});
beforeEach(async () => {
  await admin.query(
    'truncate selector.inbox, selector.retries, selector.parked, selector.dead_letters',
  );
  await admin.query('truncate log.checkpoints, log.hearings');
  await consumer.register();
});

describe('a retry', () => {
  it('takes effect below the checkpoint, which the fence would swallow, and its row is gone', async () => {
    await retryLater(3);
    await checkpoint(10);
    expect(await fenceRetry(3)).toBe(true);
    expect(await tables()).toEqual({ ...nothing, inbox: [3] });
  });

  it('has no effect when the inbox has its number, and its row is gone all the same', async () => {
    await retryLater(3);
    await admin.query('insert into selector.inbox values (3)');
    expect(await fenceRetry(3)).toBe(false);
    expect(await tables()).toEqual({ ...nothing, inbox: [3] });
  });

  it('comes back when its transaction rolls back', async () => {
    await retryLater(3);
    const failing = postgres.transaction(async (transaction) => {
      expect(await consumer.fenceRetry(transaction, 3)).toBe(true);
      throw new Error('failed again');
    });
    await expect(failing).rejects.toThrow('failed again');
    expect(await tables()).toEqual({ ...nothing, retries: [3] });
  });

  it('by two at once takes effect once, and the second waits for the first', async () => {
    await retryLater(3);
    const [first, second] = [
      await openTransaction(database.urlOf('selector')),
      await openTransaction(database.urlOf('selector')),
    ];
    expect(await consumer.fenceRetry(first, 3)).toBe(true);
    const waiting = consumer.fenceRetry(second, 3);
    await second.untilItWaits();
    await first.commit();
    expect(await waiting).toBe(false);
    await second.commit();
  });

  it('that a peer has done has no effect, also after its inbox row was pruned', async () => {
    await retryLater(3);
    expect((await consumer.due(10)).map(({ number }) => number)).toEqual([3]);
    expect(await fenceRetry(3)).toBe(true);
    await handledByPeer(3);
    expect(await fenceRetry(3)).toBe(false);
    expect(await tables()).toEqual(nothing);
  });

  it('of a parked event takes the parked row away', async () => {
    await consumer.park(4, 'unknown');
    expect(await fenceRetry(4)).toBe(true);
    expect(await tables()).toEqual({ ...nothing, inbox: [4] });
  });
});

describe('retryLater', () => {
  it('is due after the delay, oldest first, as many as asked for', async () => {
    await retryLater(1, 1, 60_000);
    for (const number of [4, 2, 3]) await retryLater(number, number);
    await admin.query(
      `update selector.retries set due = now() - interval '1 hour' where number = 3`,
    );
    expect(await consumer.due(10)).toEqual(
      [3, 4, 2].map((number) => ({ number, attempts: number, suspect: false })),
    );
    expect((await consumer.due(1)).map(({ number }) => number)).toEqual([3]);
    await consumer.tryDue(3, { by: randomUUID(), forMs: 0 });
    expect(await consumer.due(10)).toContainEqual({ number: 3, attempts: 3, suspect: true });
  });

  it('waits behind none of another organisation, however many that has', async () => {
    await admin.query(
      `insert into log.sequence (sequence, position, type, org_slot)
       select n, n, 1, case when n = 20 then 2 else 1 end from generate_series(1, 20) n`,
    );
    for (let number = 1; number <= 20; number += 1) await retryLater(number);
    expect((await consumer.due(2)).map(({ number }) => number)).toEqual([1, 20]);
    expect((await consumer.due(20)).map(({ number }) => number)).toHaveLength(20);
    await admin.query('truncate log.sequence');
  });

  it('keeps when it began, the last reason, and never counts backwards', async () => {
    await retryLater(1, 3);
    await admin.query(`update selector.retries set since = '2026-01-01'`);
    await consumer.retryLater({ number: 1, attempts: 2, delayMs: 0, reason: 'later' });
    expect(await consumer.attempts(1)).toBe(3);
    expect(
      await admin.query(`select reason, since < '2026-01-02' as old from selector.retries`),
    ).toEqual([{ reason: 'later', old: true }]);
    expect(await consumer.attempts(2)).toBe(0);
  });

  it('does nothing for what is handled', async () => {
    await admin.query('insert into selector.inbox values (1)');
    await retryLater(1);
    expect(await tables()).toEqual({ ...nothing, inbox: [1] });
  });
});

describe('a consumer that was thought dead', () => {
  it.each([
    ['a retry', () => retryLater(3)],
    ['parking', () => consumer.park(3, 'unknown')],
    ['a dead letter', () => consumer.bury(3, 1, 'malformed')],
  ])(
    'asks in vain for %s of what a peer has handled and the checkpoint has passed',
    async (_name, ask) => {
      await handledByPeer(3);
      await ask();
      expect(await tables()).toEqual(nothing);
    },
  );

  it('is heard below the checkpoint when the event waits there', async () => {
    await retryLater(3);
    await checkpoint(10);
    await retryLater(3, 2);
    expect(await consumer.attempts(3)).toBe(2);
    await consumer.park(3, 'unknown');
    expect(await tables()).toEqual({ ...nothing, parked: [3] });
    await consumer.bury(3, 3, 'for good');
    expect(await tables()).toMatchObject({ inbox: [3], dead: [3] });
  });
});

describe('park and bury', () => {
  it('parking takes the retry away, uses up no attempt and can be repeated', async () => {
    await retryLater(2);
    await consumer.park(2, 'unknown');
    await consumer.park(2, 'unknown');
    expect(await tables()).toEqual({ ...nothing, parked: [2] });
    expect(await admin.query('select reason from selector.parked')).toEqual([
      { reason: 'unknown' },
    ]);
  });

  it('burying counts as handled, says why, and can be repeated', async () => {
    await putIntoLog(admin, [deletion(2)]);
    await retryLater(2);
    await consumer.bury(2, 11, 'broken');
    await consumer.bury(2, 12, 'again');
    expect(await tables()).toEqual({ ...nothing, inbox: [2], dead: [2] });
    expect(await admin.query('select attempts, reason from selector.dead_letters')).toEqual([
      { attempts: 11, reason: 'broken' },
    ]);
    expect(
      await postgres.transaction((transaction) => consumer.fence(transaction, 0, [deliveryOf(2)])),
    ).toEqual(new Set());
  });

  it('what was handled meanwhile is not buried', async () => {
    await admin.query('insert into selector.inbox values (2)');
    await consumer.bury(2, 11, 'broken');
    expect(await tables()).toEqual({ ...nothing, inbox: [2] });
  });
});
