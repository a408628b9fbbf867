import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { freePort, openTransaction, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Postgres15, postgres15Exists } from '../../test/postgres-15.js';
import {
  EFFECTS_TABLE,
  NO_LOSSES,
  RecoveryScene,
  type RecoveryPlaces,
} from '../../test/recovery-scene.js';

const DATABASE = 'skein';
const name = 'a dump of PostgreSQL 15, restored into a fresh cluster';

async function start(): Promise<Postgres15> {
  const cluster = await Postgres15.start(await freePort());
  const settings = { url: cluster.urlOf('postgres'), applicationName: 'test' };
  await waitFor(async () => (await Postgres.open(settings)).close().then(() => true));
  return cluster;
}

async function createDatabase(cluster: Postgres15): Promise<void> {
  const settings = { url: cluster.urlOf('postgres'), applicationName: 'test' };
  const admin = await Postgres.open(settings);
  await admin.query(`create database ${DATABASE}`).finally(() => admin.close());
}

const suite = postgres15Exists ? describe : describe.skip;
const hint = postgres15Exists ? '' : ' (skipped: it needs postgresql-15 of Debian)';

suite(`${name}${hint}`, () => {
  let clusters: Postgres15[] = [];
  let place: TestRedis;
  let scene: RecoveryScene | undefined;
  let urlOf: RecoveryPlaces['urlOf'];
  beforeAll(async () => {
    [clusters, place] = await Promise.all([Promise.all([start(), start()]), testRedis()]);
    await createDatabase(clusters[0]!);
    const migrated = await migrate({ url: clusters[0]!.urlOf(DATABASE), services: ['selector'] });
    urlOf = (room) => migrated.urlOf(room);
  });
  afterAll(async () => {
    await scene?.close();
    await place?.close();
    await Promise.all(clusters.map((cluster) => cluster.stop()));
  });

  function placesIn(cluster: Postgres15): RecoveryPlaces {
    const moved = (url: string) => Object.assign(new URL(url), { port: cluster.port }).href;
    const { url: redisUrl, prefix } = place;
    const adminUrl = cluster.urlOf(DATABASE);
    return { adminUrl, urlOf: (room) => moved(urlOf(room)), redisUrl, prefix, waitFor };
  }

  it('goes on with its numbers: nothing is skipped, refused, or done twice', async () => {
    const [old, fresh] = clusters as [Postgres15, Postgres15];
    const before = await RecoveryScene.open(placesIn(old), EFFECTS_TABLE);
    scene = before;
    await before.append(20);
    expect(await before.losses()).toEqual(NO_LOSSES);
    before.hold();
    // Its position is in no dump: who restores it must not wait for it.
    const unfinished = await openTransaction(old.urlOf(DATABASE));
    await unfinished.query(`select nextval('log.event_position')`);
    await before.append(12);
    await waitFor(async () => (await before.redis.xlen(before.key)) === 12);
    const dump = await old.dump(DATABASE);
    await unfinished.rollback();
    before.release();
    expect(await before.losses()).toEqual(NO_LOSSES);
    await before.append(7);
    expect(await before.losses()).toEqual(NO_LOSSES);
    await before.close();
    scene = undefined;

    await fresh.restore(dump);
    // The same build migrates before it starts: there is nothing to do.
    const again = await migrate({ url: fresh.urlOf(DATABASE), services: ['selector'] });
    urlOf = (room) => again.urlOf(room);
    expect(again.migrations).toBe(0);
    scene = await RecoveryScene.open(placesIn(fresh));
    expect(await scene.losses()).toEqual(NO_LOSSES);
    await scene.append(9);
    expect(await scene.losses()).toEqual(NO_LOSSES);
    const [effects] = await scene.admin.query('select count(*) as count from selector.effects');
    expect(effects).toEqual({ count: 41 });
  });
});
