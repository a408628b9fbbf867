import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deviceDeleted, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { sqlState } from '@skein/postgres';
import { jsonClient, waitFor } from '@skein/testing';
import { device, fleet, gitItem, repository } from '../test/manifests.js';
import { TwoOrganisations } from '../test/two-organisations.js';
import { deviceReader } from './resources/device-reader.js';
import {
  OrganisationDatabases,
  type OrganisationDatabase,
} from './resources/organisation-database.js';

const FORBIDDEN = '42501';
const scene = new TwoOrganisations({ migratedDatabase, jsonClient, environment: process.env });
const { door, first, second } = scene;
let own: OrganisationDatabase;

/** What both organisations have rows in. */
const TABLES = [
  'gateway.repositories',
  'gateway.repository_users',
  'gateway.fleets',
  'gateway.fleet_views',
  'gateway.devices',
  'gateway.device_views',
  'gateway.device_statuses',
  'gateway.device_tokens',
  'gateway.presence',
  'gateway.names',
  'gateway.dispatching',
  'gateway.idempotency_keys',
  'log.events',
  'log.subjects',
  'blobs.sealed',
];
const VIEWS = ['devices', 'device_views', 'device_statuses', 'fleets', 'fleet_views', 'events'];

async function fill(holder: string): Promise<void> {
  const call = async (method: string, path: string, body?: object) => {
    const headers = { ...scene.tokens.of(holder), 'idempotency-key': holder };
    const { code, body: answer } = await door.call(method, path, body, headers);
    if (code >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  };
  const httpConfig = { username: 'u', password: 'p' };
  await call('POST', '/repositories', repository('repo', { httpConfig }));
  const template = { spec: { config: [gitItem('repo')] } };
  await call('PUT', '/fleets/fleet', fleet('fleet', { template }));
  await call('PUT', '/devices/device', device('device'));
  const status = { summary: { status: 'Online' } };
  await call('PUT', '/devices/device/status', { ...device('device'), status });
  await call('POST', '/devices/device/tokens');
  await call('PUT', '/dispatching', { frozen: true });
}

const orgsIn = async (table: string, database: Pick<OrganisationDatabase, 'query'> = own) => {
  const rows = await database.query<{ org: string }>(`select distinct org from ${table}`);
  return rows.map(({ org }) => org).sort();
};
const refusal = (work: Promise<unknown>) => work.then(() => undefined, sqlState);

beforeAll(async () => {
  await scene.open();
  scene.tokens
    .give('one', { role: 'admin', organization: first })
    .give('two', { role: 'admin', organization: second })
    .write();
  for (const holder of ['one', 'two']) {
    await waitFor(async () => (await scene.call(holder, 'GET', '/fleets')).code === 200);
    await fill(holder);
  }
  own = door.app.get(OrganisationDatabases).of(first);
});
afterAll(() => scene.close());

describe('a query past the gateway, for one organisation', () => {
  it.each(TABLES)('sees only its rows of %s', async (table) => {
    expect(await orgsIn(table, door.postgres)).toEqual([first, second].sort());
    expect(await orgsIn(table)).toEqual([first]);
  });

  it.each(VIEWS)('sees only its rows of organisation.%s', async (view) => {
    expect(await orgsIn(`organisation.${view}`)).toEqual([first]);
  });

  it('finds nothing of another that it asks for by name', async () => {
    const mine = await deviceReader.one(own, first, 'device');
    expect(mine.name).toBe('device');
    await expect(deviceReader.one(own, second, 'device')).rejects.toThrow(/does not exist/);
    expect(await own.query('select from gateway.names where org = $1', [second])).toEqual([]);
  });

  it('changes and deletes nothing of another', async () => {
    const labels = `update gateway.devices set labels = '{"stolen": "yes"}' returning org`;
    expect(await own.query(`${labels}`)).toEqual([{ org: first }]);
    const gone = 'delete from gateway.device_tokens where org = $1 returning org';
    expect(await own.query(gone, [second])).toEqual([]);
    const rows = await door.postgres.query('select labels from gateway.devices where org = $1', [
      second,
    ]);
    expect(rows).toEqual([{ labels: expect.not.objectContaining({ stolen: 'yes' }) }]);
  });

  it('writes nothing for another, neither a row nor an event', async () => {
    const insert = `insert into gateway.dispatching (org, frozen, actor) values ($1, false, 'x')
      on conflict (org) do update set frozen = false`;
    expect(await refusal(own.query(insert, [second]))).toBe(FORBIDDEN);
    const move = 'update gateway.devices set org = $1';
    expect(await refusal(own.query(move, [second]))).toBe(FORBIDDEN);
    const event = { definition: deviceDeleted, subject: newUid(), data: { name: 'x' } };
    const append = (org: string) =>
      own.commit(() => Promise.resolve({ events: [{ ...event, org }], result: () => undefined }));
    const before = await door.postgres.query('select from log.events where org = $1', [second]);
    expect(await refusal(append(second))).toBe(FORBIDDEN);
    expect(await refusal(append(first))).toBeUndefined();
    const after = await door.postgres.query('select from log.events where org = $1', [second]);
    expect(after).toHaveLength(before.length);
  });

  it('reaches no table of the engine', async () => {
    for (const table of ['gateway.inbox', 'log.leases', 'log.checkpoints']) {
      expect([table, await refusal(own.query(`select from ${table}`))]).toEqual([table, FORBIDDEN]);
    }
  });
});

it('whoever asks beside whom, on the same connections, sees its own', async () => {
  const organisations = door.app.get(OrganisationDatabases);
  const seen = Array.from({ length: 300 }, async (_value, index) => {
    const org = [first, second][index % 3];
    const database = org ? organisations.of(org) : door.postgres;
    const orgs =
      index % 2
        ? await orgsIn('gateway.devices', database)
        : await database.transaction((transaction) => orgsIn('gateway.devices', transaction));
    return [orgs, org ? [org] : [first, second].sort()];
  });
  for (const [orgs, expected] of await Promise.all(seen)) expect(orgs).toEqual(expected);
});
