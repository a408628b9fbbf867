import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { jsonClient, type Loose } from '@skein/testing';
import { device } from '../test/manifests.js';
import { TwoOrganisations } from '../test/two-organisations.js';

const scene = new TwoOrganisations({ migratedDatabase, jsonClient, environment: process.env });
const { call, door, first, second } = scene;
const labelled = (name: string, labels: object) => ({
  ...device(name),
  metadata: { name, labels },
});
const namesIn = (list: Loose) => list.items.map(({ metadata }: Loose) => metadata.name);

/** Numbers what was appended, as the replayer would. */
async function number(): Promise<void> {
  const admin = await Postgres.open({ url: door.database.adminUrl, applicationName: 'test' });
  await admin.query(
    `insert into log.sequence (sequence, position, type)
     select row_number() over (order by position), position, type from log.events`,
  );
  await admin.close();
}

beforeAll(() => scene.open());
beforeEach(() => door.clear());
afterAll(() => scene.close());

describe('organisations', () => {
  const kinds = [
    ['devices', labelled('same', { site: 'a' })],
    ['fleets', { ...labelled('same', {}), kind: 'Fleet', spec: { template: { spec: {} } } }],
    [
      'repositories',
      {
        ...labelled('same', {}),
        kind: 'Repository',
        spec: { type: 'git', url: 'https://192.0.2.1/a' },
      },
    ],
  ] as const;

  it.each(kinds)('have %s of their own', async (path, body) => {
    expect((await call('one', 'POST', `/${path}`, body)).code).toBe(201);
    expect((await call('two', 'GET', `/${path}/same`)).code).toBe(404);
    expect((await call('two', 'DELETE', `/${path}/same`)).code).toBe(404);
    const changed = { ...body, metadata: { name: 'same', labels: { site: 'b' } } };
    expect((await call('two', 'PUT', `/${path}/same`, changed)).code).toBe(201);
    const { body: mine } = await call('one', 'GET', `/${path}/same`);
    expect(mine.metadata.labels).toEqual(body.metadata.labels);
    for (const holder of ['one', 'two']) {
      expect(namesIn((await call(holder, 'GET', `/${path}`)).body)).toEqual(['same']);
    }
    expect((await call('two', 'DELETE', `/${path}/same`)).code).toBe(200);
    expect((await call('one', 'GET', `/${path}/same`)).code).toBe(200);
  });

  it('do not see labels and events of others', async () => {
    await call('one', 'PUT', '/devices/d', labelled('d', { site: 'hidden' }));
    expect((await call('two', 'GET', '/labels?kind=Device')).body).toEqual([]);
    const { body } = await call('two', 'GET', '/events');
    expect(JSON.stringify(body)).not.toContain('"d"');
  });

  it('do not share Idempotency-Keys or places in lists', async () => {
    const keyed = (holder: string) =>
      door.call('POST', '/devices', device('k'), {
        ...scene.tokens.of(holder),
        'idempotency-key': 'k',
      });
    const [mine, others] = [await keyed('one'), await keyed('two')];
    expect([mine.code, others.code]).toEqual([201, 201]);
    await call('one', 'PUT', '/devices/l', device('l'));
    const { body: page } = await call('one', 'GET', '/devices?limit=1');
    const { code } = await call('two', 'GET', `/devices?continue=${page.metadata.continue}`);
    expect(code).toBe(400);
    await number();
    const { body: events } = await call('one', 'GET', '/events?limit=1');
    const elsewhere = `/events?continue=${events.metadata.continue}`;
    expect((await call('one', 'GET', elsewhere)).code).toBe(200);
    expect((await call('two', 'GET', elsewhere)).code).toBe(400);
  });

  it('are shown to who has a role in them', async () => {
    const shown = async (holder: string) =>
      namesIn((await call(holder, 'GET', '/organizations')).body).sort();
    expect(await shown('one')).toEqual([first]);
    expect(await shown('both')).toEqual([first, second].sort());
    expect(await shown('all')).toEqual([first, second].sort());
  });
});
