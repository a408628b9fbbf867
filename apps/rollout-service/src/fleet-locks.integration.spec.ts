import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, type Delivered } from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { openTransaction, untilLockIsWaitedFor } from '@skein/testing';
import { uids } from '../test/scene.js';
import { FleetLocks } from './fleet-locks.js';

const LOCK = 'select from rollout.fleets where org = $1 and fleet = $2 for no key update';
const [first, second] = uids(2) as [string, string];
const [device] = uids(1) as [string];
const want = { kind: 'device' as const, org, uid: device, origin: {}, causes: new Set<never>() };

let database: MigratedDatabase;
let postgres: Postgres;

beforeAll(async () => {
  database = await migratedDatabase(['rollout']);
  postgres = await Postgres.open({ url: database.urlOf('rollout'), applicationName: 'test' });
});
beforeEach(async () => {
  await postgres.query('delete from rollout.devices');
  await postgres.query('insert into rollout.devices (org, device, owner) values ($1, $2, $3)', [
    ...[org, device, second],
  ]);
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

/** Another transaction that holds the fleet. */
async function holderOf(fleet: string) {
  const holder = await openTransaction(database.adminUrl);
  await holder.query('set local lock_timeout = 200');
  await holder.query(
    'insert into rollout.fleets (org, fleet) values ($1, $2) on conflict do nothing',
    [org, fleet],
  );
  await holder.query(LOCK, [org, fleet]);
  return holder;
}

it('who waited for a fleet that a device has left lets go of it before waiting for the next one', async () => {
  const [mover, holder] = [await holderOf(second), await holderOf(first)];
  const locking = postgres.transaction(async (transaction) => {
    const fleets = await new FleetLocks().lockWanted(transaction, [want]);
    return fleets.map(({ fleet }) => fleet);
  });
  await untilLockIsWaitedFor(postgres);
  await mover.query('update rollout.devices set owner = $1', [first]);
  await mover.commit();
  // It holds the first fleet, and may have the second one, too.
  await holder.query(LOCK, [org, second]);
  await holder.commit();
  expect(await locking).toEqual([first]);
});

it('devices without a fleet are changed by one at a time, those of different fleets side by side', async () => {
  const [unknown, other] = uids(2) as [string, string];
  await postgres.query('insert into rollout.devices (org, device, owner) values ($1, $2, $3)', [
    ...[org, other, first],
  ]);
  const about = (subject: string) => {
    const event = { kind: 'Device', org, subject, data: {} };
    return [{ sequence: 1, event } as unknown as Delivered];
  };
  const waits = (held: string, wanted: string) =>
    postgres.transaction(async (transaction) => {
      await new FleetLocks().lockNamed(transaction, about(held));
      const waiting = postgres.transaction(async (second) => {
        await second.query('set local lock_timeout = 100');
        await new FleetLocks().lockNamed(second, about(wanted));
        return false;
      });
      return waiting.catch((error: { code?: string }) => error.code === '55P03');
    });
  expect(await waits(unknown, unknown)).toBe(true);
  expect(await waits(device, device)).toBe(true);
  expect([await waits(device, other), await waits(device, unknown)]).toEqual([false, false]);
});
