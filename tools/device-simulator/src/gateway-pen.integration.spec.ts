import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogue } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { testRedis, type TestRedis } from '@skein/testing';
import { GatewayPen } from './gateway-pen.js';

let database: MigratedDatabase;
let redis: TestRedis;
let admin: Postgres;
let pen: GatewayPen;

beforeAll(async () => {
  [database, redis] = await Promise.all([migratedDatabase(), testRedis()]);
  admin = await Postgres.open({ url: database.adminUrl, applicationName: 'test' });
  await admin.query('select log.register_types($1)', [[...catalogue.keys()]]);
});
beforeEach(async () => {
  await admin.query('truncate log.events, log.subjects, gateway.devices cascade');
  pen = await GatewayPen.open(database.urlOf('gateway'), redis.url);
});
afterEach(() => pen.close());
afterAll(async () => {
  await admin?.close();
  await redis?.close();
  await database?.close();
});

const named = (count: number) =>
  Array.from({ length: count }, (_value, at) => ({ name: `d-${at}`, labels: { at: `${at}` } }));
/** Types and versions of the events, with what they say of themselves. */
const events = (type: string) =>
  admin.query<{ subject: string; version: number; data: object }>(
    `select e.subject, e.version, e.data from log.events e join log.types t on t.id = e.type
     where t.name = $1 order by position`,
    [`skein.device.${type}.v1`],
  );
/** The gateway has heard that these devices are to run this. */
const rendered = (uids: readonly string[], version: number, number: number) =>
  admin.query(
    `update gateway.device_views set rendered_version = $2, rendered_number = $3
     where uid = any($1::uuid[])`,
    [uids, version, number],
  );

describe('the pen', () => {
  it('makes devices in parts, each with its row and its event', async () => {
    const made = await pen.create(named(501));
    const said = await events('created');
    expect(said.map(({ subject }) => subject)).toEqual(made.map(({ uid }) => uid));
    expect(said[500]).toMatchObject({
      version: 1,
      data: { name: 'd-500', labels: { at: '500' }, spec: null, generation: 1 },
    });
    const rows = await admin.query(
      'select name from gateway.devices natural join gateway.device_views',
    );
    expect(rows).toHaveLength(501);
  });

  it('gives labels to those whose name matches', async () => {
    await pen.create(named(11));
    expect(await pen.relabel({ pattern: 'd-1%', labels: { site: 'x' } })).toBe(2);
    const data = (await events('labels-updated')).map((event) => event.data);
    // Devices of one millisecond have uids in any order.
    expect(data).toHaveLength(2);
    for (const at of ['1', '10']) expect(data).toContainEqual({ labels: { at, site: 'x' } });
  });

  it('reports for those that are behind, as long as they are there', async () => {
    const [one, two] = (await pen.create(named(3))).map(({ uid }) => uid) as [string, string];
    expect(await pen.behind()).toEqual([]);
    await rendered([one, two], 1, 10);
    const behind = await pen.behind();
    expect(behind.map(({ uid }) => uid).sort()).toEqual([one, two].sort());
    await admin.query('delete from gateway.devices where uid = $1', [two]);
    await pen.report(behind);
    expect(await events('status-reported')).toMatchObject([
      { subject: one, version: 2, data: { renderedVersion: 1, updated: 'UpToDate' } },
    ]);
    expect(await pen.behind()).toEqual([]);
    await rendered([one], 2, 11);
    expect(await pen.behind()).toMatchObject([{ uid: one, renderedVersion: 2 }]);
  });

  it('finds late what was said late', async () => {
    const [one, two] = (await pen.create(named(2))).map(({ uid }) => uid) as [string, string];
    await rendered([one], 1, 20);
    await pen.report(await pen.behind());
    await rendered([two], 1, 10);
    for (let looks = 0; looks < 40; looks += 1) await pen.report(await pen.behind());
    expect((await events('status-reported')).map(({ subject }) => subject)).toEqual([one, two]);
  });
});
