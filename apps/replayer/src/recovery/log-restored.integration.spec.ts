import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { testRedis, waitFor, type TestRedis } from '@skein/testing';
import {
  EFFECTS_TABLE,
  NO_LOSSES,
  RecoveryScene,
  type RecoveryPlaces,
} from '../../test/recovery-scene.js';

let database: MigratedDatabase;
let place: TestRedis;
let scene: RecoveryScene | undefined;
let copies = 0;

const inDatabase = (url: string, name: string) =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;
function placesIn(name: string): RecoveryPlaces {
  return {
    adminUrl: inDatabase(database.adminUrl, name),
    urlOf: (room) => inDatabase(database.urlOf(room), name),
    redisUrl: place.url,
    prefix: place.prefix,
    waitFor,
  };
}
async function administer(statement: string): Promise<void> {
  const url = inDatabase(database.adminUrl, 'postgres');
  const admin = await Postgres.open({ url, applicationName: 'test' });
  await admin.query(statement).finally(() => admin.close());
}
const copyOf = async (name: string): Promise<string> => {
  const copy = `${database.name}_${(copies += 1)}`;
  await administer(`create database ${copy} template ${name}`);
  return copy;
};

async function open(
  name: string,
  prepare?: string,
  beforeReplayer?: RecoveryPlaces['beforeReplayer'],
): Promise<RecoveryScene> {
  const places = { ...placesIn(name), ...(beforeReplayer && { beforeReplayer }) };
  scene = await RecoveryScene.open(places, prepare);
  return scene;
}
async function close(): Promise<void> {
  await scene?.close();
  scene = undefined;
}

beforeAll(async () => {
  [database, place] = await Promise.all([migratedDatabase(['selector']), testRedis()]);
  const first = await open(database.name, EFFECTS_TABLE);
  await first.append(6);
  expect(await first.losses()).toEqual(NO_LOSSES);
  await close();
});
afterAll(async () => {
  await close();
  for (; copies > 0; copies -= 1)
    await administer(`drop database ${database.name}_${copies} with (force)`);
  await place?.close();
  await database?.close();
});

let restored: string;
let present: string;
beforeEach(async () => {
  restored = await copyOf(database.name);
  present = await copyOf(database.name);
});
afterEach(close);

async function goesOn(on: RecoveryScene): Promise<void> {
  expect(await on.losses()).toEqual(NO_LOSSES);
  await on.append(5);
  expect(await on.losses()).toEqual(NO_LOSSES);
}

/** Whether all that lies in the stream was delivered and acknowledged. */
async function isRead({ redis, key }: RecoveryScene): Promise<boolean> {
  const [newest] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
  const groups = (await redis.xinfo('GROUPS', key)) as unknown[][];
  const [pending] = (await redis.xpending(key, 'selector')) as [number];
  return pending === 0 && groups[0]!.includes(newest![0]);
}

async function lastId({ redis, key }: RecoveryScene): Promise<number> {
  const fields = (await redis.xinfo('STREAM', key)) as unknown[];
  return Number.parseInt(String(fields[fields.indexOf('last-generated-id') + 1]), 10);
}

describe('PostgreSQL that was restored to an earlier point', () => {
  it('has the streams, which are ahead of it, made again', async () => {
    const lost = await open(present);
    await lost.append(9);
    expect(await lost.losses()).toEqual(NO_LOSSES);
    const ahead = await lastId(lost);
    await close();
    const one = await open(restored);
    await goesOn(one);
    // Else its events would still have their effects, but later, as ones that were lost on the way.
    expect(await lastId(one)).toBeLessThan(ahead);
  });

  it('has the streams made again also after it has passed their end with other events', async () => {
    const lost = await open(present);
    await lost.append(5);
    expect(await lost.losses()).toEqual(NO_LOSSES);
    await close();
    const other = (scene: RecoveryScene) => scene.append(40);
    await goesOn(await open(restored, undefined, other));
  });

  it('has no effects of events that it lost and that still lie in the stream', async () => {
    const lost = await open(present);
    // The stream that the test before left behind is made again first.
    await lost.append(1);
    expect(await lost.losses()).toEqual(NO_LOSSES);
    lost.hold();
    await lost.append(12);
    await waitFor(async () => (await lost.redis.xlen(lost.key)) === 12);
    await close();
    // The service reads before the replayer looks at the stream.
    const one = await open(restored, undefined, (early) => waitFor(() => isRead(early)));
    const [strange] = await one.admin.query(
      'select from selector.effects where event not in (select id from log.events)',
    );
    expect(strange).toBeUndefined();
    await one.append(12);
    await goesOn(one);
  });
});
