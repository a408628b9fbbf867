import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { Lease } from './lease.js';

let database: MigratedDatabase;
let postgres: Postgres;
let one: Lease;
let other: Lease;

const leaseOf = (holder: string, name = 'replayer') =>
  new Lease(postgres, { name, holder, durationMs: 60_000 });
const expire = () => postgres.query(`update log.leases set expires_at = now() - interval '1 ms'`);

beforeAll(async () => {
  database = await migratedDatabase(['selector']);
  postgres = await Postgres.open({ url: database.urlOf('replayer'), applicationName: 'test' });
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});
beforeEach(async () => {
  await postgres.query('delete from log.leases');
  [one, other] = [leaseOf('one'), leaseOf('other')];
});

describe('the lease', () => {
  it('has one holder, who keeps it by holding it again', async () => {
    expect(await one.hold()).toBe(true);
    expect(await other.hold()).toBe(false);
    expect(await one.hold()).toBe(true);
  });

  it('goes to one of many that ask at once', async () => {
    const held = await Promise.all(
      Array.from({ length: 8 }, (_, at) => leaseOf(`holder ${at}`).hold()),
    );
    expect(held.filter(Boolean)).toHaveLength(1);
  });

  it('is taken over after its end, and then the first one has lost it', async () => {
    await one.hold();
    await expire();
    expect([await other.hold(), await one.hold()]).toEqual([true, false]);
  });

  it('is longer after each time it is held', async () => {
    await one.hold();
    await postgres.query(`update log.leases set expires_at = now() + interval '1 second'`);
    await one.hold();
    expect(
      await postgres.query(
        `select expires_at > now() + interval '30 seconds' as renewed from log.leases`,
      ),
    ).toEqual([{ renewed: true }]);
  });

  it('is free at once when its holder gives it back, and only then', async () => {
    await one.hold();
    await other.release();
    expect(await other.hold()).toBe(false);
    await one.release();
    expect(await other.hold()).toBe(true);
  });

  it('is apart from leases of other names', async () => {
    await one.hold();
    expect(await leaseOf('other', 'else').hold()).toBe(true);
  });
});
