import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Queryable } from '@skein/postgres';
import { jsonClient } from '@skein/testing';
import { ListScene } from '../test/list-scene.js';
import { deviceReader } from './resources/device-reader.js';
import {
  OrganisationDatabases,
  type OrganisationDatabase,
} from './resources/organisation-database.js';
import type { ListQuery } from './resources/page.js';
import { devices } from './resources/selection/selectables.js';
import { selectedList } from './resources/selection/selected-list.js';

const scene = new ListScene({ migratedDatabase, jsonClient, environment: process.env });

const DEVICES = 20_000;

let database: OrganisationDatabase;

/** One device in a thousand is rare. */
const MANY = `
with made as (
  insert into gateway.devices (org, uid, name, labels, generation, version)
  select $1, gen_random_uuid(), 'd' || n,
    jsonb_build_object('site', 's' || n % 7, 'kind', case n % 1000 when 0 then 'rare' else 'common' end), 1, 1
  from generate_series(1, ${DEVICES}) n returning org, uid
)
insert into gateway.device_views (org, uid) select org, uid from made`;

beforeAll(async () => {
  await scene.open();
  database = scene.app.get(OrganisationDatabases).of(org);
  await scene.postgres.query(MANY, [org]);
  for (const table of ['devices', 'device_views'])
    await scene.admin.query(`vacuum analyze gateway.${table}`);
});
afterAll(() => scene.close());

/** How PostgreSQL finds a page, and the page. */
async function planOf(query: ListQuery) {
  const plans: string[] = [];
  const explaining: Queryable = {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) => {
      plans.push(JSON.stringify(await database.query(`explain ${sql}`, parameters)));
      return database.query<Row>(sql, parameters);
    },
  };
  const page = await deviceReader.page(explaining, selectedList(devices, { 'r.org': org }, query));
  return { page, plan: plans[0]! };
}

it('finds few devices among many by the index of labels', async () => {
  for (const labelSelector of ['kind=rare', 'kind in (rare,none)', '(kind,site)=(rare,s0),site']) {
    const { page, plan } = await planOf({ labelSelector });
    expect(page.rows.length).toBeGreaterThan(0);
    expect(plan).toContain('devices_by_label');
  }
});

it('finds devices by their names, and pages of common ones, by the index of names', async () => {
  for (const query of [{ fieldSelector: 'metadata.name=d17' }, { labelSelector: 'kind=common' }]) {
    const { page, plan } = await planOf({ ...query, limit: '10' });
    expect(page.rows.length).toBeGreaterThan(0);
    expect(plan).toContain('devices_org_name_key');
    expect(plan).not.toContain('Seq Scan on devices');
  }
});

it('plans a page for what is asked, however often it is asked', async () => {
  const query = { labelSelector: 'kind=rare,site,!retired', limit: '2' };
  const list = selectedList(devices, { 'r.org': org }, query);
  for (let time = 0; time < 5; time += 1) await deviceReader.page(database, list);
  const prepared = `select from pg_prepared_statements where statement like '%not r.labels ?%'`;
  expect(await scene.postgres.query(prepared)).toEqual([]);
});
