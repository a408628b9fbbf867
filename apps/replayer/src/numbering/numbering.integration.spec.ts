import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLog } from '@skein/event-log';
import { newUid, type NewEvent } from '@skein/events';
import { migrate, migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, startPostgres } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { Numbering } from './numbering.js';

let database: MigratedDatabase;
let scene: LogScene;

const event = (subject?: string) => scene.event(subject);
const commit = (...events: NewEvent[]) => scene.commit(...events);

/** Positions in the order of their numbers; fails when the numbers have a gap or a repeat. */
async function order(): Promise<number[]> {
  const rows = await scene.sequence();
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1));
  return rows.map(({ position }) => position);
}
async function settled(numbering: Numbering): Promise<number> {
  await numbering.saveSettled();
  const [row] = await scene.admin.query<{ position: number }>('select position from log.settled');
  return row!.position;
}
async function rounds(numbering: Numbering, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) await numbering.round();
}

/** A replayer whose reading of the locks is preceded by something. */
function interrupted(beforeReading: () => Promise<void>): Numbering {
  const query: Postgres['query'] = async (sql, parameters) => {
    if (sql.includes('pg_locks')) await beforeReading();
    return scene.replayer.query(sql, parameters);
  };
  return new Numbering({ query } as Postgres);
}

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await LogScene.open(database, openTransaction);
});
afterAll(async () => {
  await scene?.empty();
  await scene?.close();
  await database?.close();
});
beforeEach(() => scene.empty());

describe('a transaction that drew its position and commits late', () => {
  it('gets a later number', async () => {
    const numbering = new Numbering(scene.replayer);
    const late = await scene.inFlight();
    await commit();
    expect(await numbering.round()).toBe(1);
    await late.commit();
    expect(await numbering.round()).toBe(1);
    expect(await order()).toEqual([2, 1]);
  });

  it('is not forgotten, however many rounds pass', async () => {
    const numbering = new Numbering(scene.replayer);
    const late = await scene.inFlight(2);
    await commit();
    await rounds(numbering, 20);
    expect(await settled(numbering)).toBe(0);
    await late.commit();
    await numbering.round();
    expect(await order()).toEqual([3, 1, 2]);
    expect(await settled(numbering)).toBe(3);
  });

  it('is not forgotten when it commits between the round and the reading of the locks', async () => {
    const late = await scene.inFlight();
    await commit();
    const numbering = interrupted(() => late.commit().catch(() => undefined));
    await rounds(numbering, 3);
    expect(await order()).toEqual([2, 1]);
  });

  it('is numbered although a round took as many newer events as it can', async () => {
    const numbering = new Numbering(scene.replayer);
    const late = await scene.inFlight();
    await commit(...scene.events(5_001));
    expect([await numbering.round(), await numbering.round()]).toEqual([5_000, 1]);
    await late.commit();
    expect(await numbering.round()).toBe(1);
    expect((await order()).at(-1)).toBe(1);
  });

  it('of one subject is never overtaken by the next version', async () => {
    const numbering = new Numbering(scene.replayer);
    const subject = newUid();
    const first = await scene.hold();
    await scene.append(first, [event(subject)]);
    const second = commit(event(subject));
    await commit();
    await numbering.round();
    await first.commit();
    await second;
    await numbering.round();
    const versions = await scene.admin.query(
      `select e.version from log.sequence s join log.events e using (position)
       where e.subject = '${subject}' order by s.sequence`,
    );
    expect(versions).toEqual([{ version: 1 }, { version: 2 }]);
  });
});

describe('a position that was rolled back', () => {
  it('is forgotten after the next round', async () => {
    const numbering = new Numbering(scene.replayer);
    for (let time = 0; time < 10; time += 1) {
      await (await scene.inFlight(3)).rollback();
      await commit();
      await numbering.round();
    }
    expect(await settled(numbering)).toBeGreaterThanOrEqual(36);
    await numbering.round();
    expect(await settled(numbering)).toBe(40);
    expect(await order()).toHaveLength(10);
  });

  it('is forgotten although later transactions are always open', async () => {
    const numbering = new Numbering(scene.replayer);
    await (await scene.inFlight()).rollback();
    const overlapping = await scene.inFlight();
    await commit();
    await numbering.round();
    await scene.inFlight();
    await overlapping.commit();
    await commit();
    await rounds(numbering, 2);
    expect(await settled(numbering)).toBe(3);
    expect(await order()).toEqual([3, 2, 5]);
  });

  it('of a savepoint is forgotten when the transaction ends, and the rest of that is numbered', async () => {
    const numbering = new Numbering(scene.replayer);
    const outer = await scene.hold();
    await outer.query('savepoint inner_one');
    await scene.append(outer);
    await outer.query('rollback to savepoint inner_one');
    await commit();
    await rounds(numbering, 5);
    expect(await settled(numbering)).toBe(0);
    await outer.query('savepoint inner_two');
    await scene.append(outer);
    await outer.query('release savepoint inner_two');
    await commit();
    await rounds(numbering, 5);
    await outer.commit();
    await rounds(numbering, 2);
    expect(await order()).toEqual([2, 4, 3]);
    expect(await settled(numbering)).toBe(4);
  });
});

describe('what others do', () => {
  it('a long write transaction elsewhere, or a dump, holds nothing back', async () => {
    const numbering = new Numbering(scene.replayer);
    const foreign = await scene.hold(database.adminUrl);
    await foreign.query('create table public.elsewhere as select txid_current()');
    const dump = await scene.hold(database.adminUrl);
    await dump.query('select last_value from log.event_position');
    await (await scene.inFlight()).rollback();
    await commit();
    await rounds(numbering, 2);
    expect(await order()).toEqual([2]);
    expect(await settled(numbering)).toBe(2);
  });

  it('a transaction that was prepared stays a holder, also after the server started again', async () => {
    const server = await startPostgres({
      settings: { max_prepared_transactions: '5' },
      database: 'prepared',
    });
    try {
      const migrated = await migrate({ url: server.url, services: ['selector'] });
      const connect = (url: string) => Postgres.open({ url, applicationName: 'test' });
      const log = await EventLog.open(
        await connect(migrated.urlOf('gateway')),
        'gateway',
        () => undefined,
      );
      const numbers = await connect(migrated.urlOf('replayer'));
      const numbering = new Numbering(numbers);
      const prepared = await openTransaction(migrated.urlOf('gateway'));
      await log.append(prepared as never, [event()]);
      await log.commit(async () => ({ events: [event()], result: () => undefined }));
      await numbering.round();
      await prepared.query(`prepare transaction 'one'`);
      await prepared.commit();
      await rounds(numbering, 5);
      await server.restart();
      for (let round = 0; round < 5; round += 1) await numbering.round().catch(() => undefined);
      const after = await connect(server.url);
      await after.query(`commit prepared 'one'`);
      await numbering.round();
      expect(await after.query('select position from log.sequence order by sequence')).toEqual([
        { position: 2 },
        { position: 1 },
      ]);
      await Promise.all([after.close(), numbers.close(), log.postgres.close()]);
    } finally {
      await server.stop();
    }
  });
});

it('a round that was planned while the log was empty does not read all of it later', async () => {
  const one = await Postgres.open({
    url: database.urlOf('replayer'),
    applicationName: 'test',
    poolSize: 1,
  });
  const numbering = new Numbering(one);
  await rounds(numbering, 10);
  await commit(...scene.events(2_000));
  const rowsRead = async () => {
    await one.query('select pg_stat_force_next_flush()');
    const [row] = await scene.admin.query<{ rows: number }>(
      `select sum(seq_tup_read)::int as rows from pg_stat_user_tables where relname like any ('{events\\_%,sequence\\_%}')`,
    );
    return row!.rows;
  };
  const before = await rowsRead();
  await rounds(numbering, 10);
  expect((await rowsRead()) - before).toBeLessThan(2_000);
  expect(await order()).toHaveLength(2_000);
  await one.close();
});
