import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, waitFor } from '@skein/testing';
import {
  ACKNOWLEDGED_AND_NOT_IN_THE_LOG,
  never,
  REMOVED_AND_NOT_IN_THE_LOG,
  untilDone,
} from './checks.js';
import { openLedger } from './ledger.js';

const created = 'skein.device.created.v1';
const deleted = 'skein.device.deleted.v1';
const matched = 'skein.matching.devices-matched.v1';
const device = newUid();

let database: MigratedDatabase;
let admin: Postgres;

beforeAll(async () => {
  database = await migratedDatabase();
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  await openLedger(admin);
  await admin.query('select log.register_types($1)', [[created, deleted, matched]]);
  await admin.query('select log.register_hearing($1, $2)', ['selector', [created]]);
});
afterAll(async () => {
  await admin?.close();
  await database?.close();
});
beforeEach(() =>
  admin.query(
    `truncate log.events, log.sequence, faults.effects, faults.healed, selector.inbox,
       selector.retries, gateway.devices cascade`,
  ),
);

/** One event in the log, numbered or not. */
async function event(version: number, number?: number, type = created, data: object = {}) {
  const [row] = await admin.query<{ position: number; type: number }>(
    `insert into log.events (id, org, kind, subject, version, type, source, data)
     select $1, $2, 'Device', $3, $4, id, '/gateway', $6 from log.types where name = $5
     returning position, type`,
    [newUid(), DEFAULT_ORGANISATION, device, version, type, JSON.stringify(data)],
  );
  if (number === undefined) return;
  const values = [number, row!.position, row!.type];
  await admin.query(
    'insert into log.sequence (sequence, position, type) values ($1, $2, $3)',
    values,
  );
}
const handled = (number: number) =>
  admin.query('insert into selector.inbox (number) values ($1)', [number]);

/** The names of the checks that find something, of those that look at what the tests write. */
async function findings(): Promise<string[]> {
  const looked = [...untilDone, ...never].filter(({ name }) => !/checkpoint/.test(name));
  const found: string[] = [];
  for (const { name, sql } of looked) if ((await admin.query(sql)).length > 0) found.push(name);
  return found;
}

describe('the checks', () => {
  it('find nothing where everything was handled once', async () => {
    await event(1, 1);
    await event(2, 2);
    await handled(1);
    await handled(2);
    expect(await findings()).toEqual([]);
  });

  it('find an event without a number', async () => {
    await event(1);
    expect(await findings()).toEqual(['an event without a number']);
  });

  it('find a number that was left out', async () => {
    await event(1, 2);
    await handled(2);
    expect(await findings()).toEqual(['a number of no event, or an event with two']);
  });

  it('find a version that was left out, and one that came too late', async () => {
    const versions = 'versions of a subject with a gap or a double, or out of order';
    await event(2, 1);
    await handled(1);
    expect(await findings()).toEqual([versions]);
    await event(1, 2);
    await handled(2);
    expect(await findings()).toEqual([versions]);
  });

  it('find an event that nobody handled, unless it waits', async () => {
    await event(1, 1);
    expect(await findings()).toEqual(['a heard event that neither took effect nor waits']);
    await admin.query(
      `insert into selector.retries (number, attempts, due, reason) values (1, 0, now(), 'due')`,
    );
    expect(await findings()).toEqual(['an event that waits']);
  });

  it('find what took effect again after it was pruned', async () => {
    await event(1, 1);
    await handled(1);
    await admin.query('delete from selector.inbox');
    await handled(1);
    expect(await findings()).toEqual(['an event that took effect more than once']);
  });

  it('find an effect of what is not in the log', async () => {
    await handled(9);
    expect(await findings()).toEqual([
      'an effect of what the service does not hear, or is not in the log',
    ]);
  });

  it('find a device that was matched twice, whatever the inbox says', async () => {
    await event(1, 1);
    await handled(1);
    const data = { members: [{ device }] };
    await event(2, 2, matched, data);
    expect(await findings()).toEqual([]);
    await event(3, 3, matched, data);
    expect(await findings()).toEqual([
      'a device that was matched more often than its labels changed',
    ]);
  });

  it('find that two transactions waited for each other', async () => {
    const holders = await Promise.all([1, 2].map(() => openTransaction(database.adminUrl)));
    const lock = (holder: number, key: number) =>
      holders[holder]!.query('select pg_advisory_xact_lock($1)', [key]);
    await lock(0, 10);
    await lock(1, 11);
    const ends = await Promise.allSettled([lock(0, 11), lock(1, 10)]);
    await Promise.all(holders.map((holder) => holder.rollback()));
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await waitFor(async () => (await findings()).length > 0);
    expect(await findings()).toEqual(['a deadlock, which the end of postgres.log describes']);
    await admin.query('select pg_stat_reset()');
  });
});

it('an acknowledged write is lost unless the log has it, with its version and what it said', async () => {
  const lost = async (version: number, write: string) =>
    (await admin.query(ACKNOWLEDGED_AND_NOT_IN_THE_LOG, [['Device'], ['x'], [version], [write]]))
      .length;
  expect(await lost(1, '7')).toBe(1);
  await event(1, 1, created, { name: 'x', labels: { write: '7' } });
  expect([await lost(1, '7'), await lost(2, '7'), await lost(1, '8')]).toEqual([0, 1, 1]);
  // A write that changed labels and spec.
  await event(2, 2, created, { name: 'x', spec: {} });
  expect([await lost(2, '7'), await lost(3, '7')]).toEqual([0, 1]);
});

it('an acknowledged deletion is lost unless the log has as many', async () => {
  const lost = async (...names: string[]) =>
    (await admin.query(REMOVED_AND_NOT_IN_THE_LOG, [names])).length;
  expect([await lost(), await lost('x')]).toEqual([0, 1]);
  await event(1, 1, deleted, { name: 'x' });
  expect([await lost('x'), await lost('x', 'x')]).toEqual([0, 1]);
});
