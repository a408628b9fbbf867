import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readEventTexts } from '@skein/event-log';
import { deviceDeleted } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction } from '@skein/testing';
import { LogScene } from '../../test/log-scene.js';
import { Numbering } from '../numbering/numbering.js';
import { HeardEvents } from './heard-events.js';

const EVENTS = 2_000;
let database: MigratedDatabase;
let scene: LogScene;
let one: Postgres;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  scene = await LogScene.open(database, openTransaction);
  await scene.admin.query('select log.register_hearing($1, $2)', [
    'selector',
    [deviceDeleted.type],
  ]);
  one = await Postgres.open({
    ...{ url: database.urlOf('replayer'), applicationName: 'test', poolSize: 1 },
  });
});
afterAll(async () => {
  await one?.close();
  await scene?.close();
  await database?.close();
});

/** Rows of the log that were read in any way. */
async function rowsRead(): Promise<number> {
  await one.query('select pg_stat_force_next_flush()');
  const [row] = await scene.admin.query<{ rows: number }>(
    `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
     from pg_stat_user_tables where relname like any ('{events\\_%,sequence\\_%}')`,
  );
  return row!.rows;
}

it('statements that were planned while the log was empty do not read all of it later', async () => {
  const heard = new HeardEvents(one, 'selector');
  const look = async () => {
    for (let times = 0; times < 10; times += 1) {
      await heard.next(EVENTS - 1, 1, EVENTS - 1);
      await heard.expected(EVENTS);
      await readEventTexts(one, [EVENTS]);
    }
  };
  await scene.admin.query('vacuum (analyze) log.events, log.sequence');
  await look();
  await scene.commit(...scene.events(EVENTS));
  const numbering = new Numbering(one);
  while ((await numbering.round()) > 0);
  const before = await rowsRead();
  await look();
  expect((await rowsRead()) - before).toBeLessThan(EVENTS);
});
