import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';

let database: MigratedDatabase;
let admin: Postgres;
let gateway: Postgres;
let replayer: Postgres;

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  const open = (url: string) => Postgres.open({ url, applicationName: 'test' });
  [admin, gateway, replayer] = await Promise.all([
    open(database.adminUrl),
    open(database.urlOf('gateway')),
    open(database.urlOf('replayer')),
  ]);
  await admin.query(`select log.register_types('{a}')`);
});
afterAll(async () => {
  await Promise.all([admin, gateway, replayer].map((pool) => pool?.close()));
  await database?.close();
});

const SEARCH = `select e.version from log.events e
  where log.concerned(e.kind, e.subject, e.data) @> array[$1::uuid] order by e.position`;

async function put(kind: string, subject: string, version: number, data: unknown) {
  await gateway.query(
    `insert into log.events (id, org, kind, subject, version, type, source, data)
     values ($1, $2, $3, $4, $5, 1, '/test', $6::json)`,
    [newUid(), org, kind, subject, version, JSON.stringify(data)],
  );
}

async function found(uid: string): Promise<number[]> {
  const rows = await gateway.query<{ version: number }>(SEARCH, [uid]);
  return rows.map(({ version }) => version);
}

/** What the index has collected and not merged, in pages. */
async function collected(): Promise<number> {
  const [row] = await admin.query<{ pages: number }>(
    `select sum(gin_clean_pending_list(inhrelid))::int as pages from pg_inherits
     where inhparent = 'log.events_concerned'::regclass`,
  );
  return row!.pages;
}

describe('the events that concern something', () => {
  it('are those about it and those that name it, in their order', async () => {
    const [device, other, fleet, rollout] = [newUid(), newUid(), newUid(), newUid()];
    const members = [{ device: other }, { device, batch: 1 }];
    await put('Device', device, 1, { name: 'd' });
    await put('Rollout', rollout, 2, { fleet, members });
    await put('Matching', org, 3, { members: [{ device, owner: fleet }] });
    await put('Device', device, 4, {});
    expect(await found(device)).toEqual([1, 2, 3, 4]);
    expect(await found(other)).toEqual([2]);
    expect(await found(fleet)).toEqual([2]);
    expect(await found(rollout)).toEqual([2]);
  });

  it('are found by an index, whether that was merged or not', async () => {
    const device = newUid();
    await put('Device', device, 1, {});
    const rows = await gateway.query<{ 'QUERY PLAN': string }>(`explain ${SEARCH}`, [device]);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Bitmap Index Scan');
    expect(plan).not.toContain('Seq Scan');
    expect(await found(device)).toEqual([1]);
    await replayer.query('select log.merge_concerned()');
    expect(await collected()).toBe(0);
    expect(await found(device)).toEqual([1]);
  });

  it.each([
    ['no object', 5],
    ['null', null],
    ['members that are none', { members: 'x', fleet: 1 }],
    ['members of any shape', { members: [1, null, {}, { device: 'no uid' }] }],
    ['a fleet that is none', { fleet: 'no uid' }],
  ])('can be anything: %s enters the log and is found by its subject', async (_what, data) => {
    const subject = newUid();
    await put('Rollout', subject, 1, data);
    expect(await found(subject)).toEqual([1]);
  });
});
