import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, openTransaction } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

/** The gateway waits for locks for a moment only. */
async function waitShortly(): Promise<void> {
  const [names] = await door.postgres.query<{ role: string; database: string }>(
    'select current_user as role, current_database() as database',
  );
  const admin = await openTransaction(door.database.adminUrl);
  const { role, database } = names!;
  await admin.query(`alter role "${role}" in database "${database}" set lock_timeout = '20ms'`);
  await admin.commit();
  await door.app.close();
  await door.start();
}

beforeAll(async () => {
  await door.open();
  await waitShortly();
});
afterAll(() => door.close());

it('a key whose first request does not end is answered 503, and is good as soon as that is gone', async () => {
  const create = () => door.call('POST', '/devices', device('a'), { 'idempotency-key': 'k' });
  const other = await openTransaction(door.database.adminUrl);
  await other.query(
    `insert into gateway.idempotency_keys (org, key, uid, name, request) values ($1, 'k', $2, 'b', '')`,
    [org, newUid()],
  );
  const busy = await create();
  expect(busy).toMatchObject({ code: 503, body: { kind: 'Status', message: 'busy: try again' } });
  expect(busy.headers['retry-after']).toBe('1');
  expect((await door.call('GET', '/devices/a')).code).toBe(404);
  await other.rollback();
  expect((await create()).code).toBe(201);
});
