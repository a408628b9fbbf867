import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { FileServer } from '../test/outside.js';
import { http } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let postgres: Postgres;
let harness: ConsumerHarness;
let one: Scene;
let make: Make;
let server: FileServer;
let r: string, f: string;

beforeAll(async () => {
  await stage.open();
  ({ postgres } = stage);
  one = await stage.replica();
});
beforeEach(async () => {
  ({ harness, make } = await stage.renew(one));
  server = new FileServer();
  await server.start();
  server.files.set('/list', { content: 'one' });
  [r, f] = [newUid(), newUid()];
});
afterEach(() => server.stop());
afterAll(() => stage.close());

const referredTo = () =>
  harness.handle(
    make.repositoryIs(r, 'feed', { type: 'http', url: server.url }),
    make.fleetIs(f, [http('feed', '/list')]),
  );

describe('the sweep', () => {
  const sweep = async () => {
    let found = 0;
    await one.unit.sweep(async (batch) => {
      await one.sweep.find(batch);
      found = batch.size;
    });
    return found;
  };

  it('finds a repository that nobody will look at, and then nothing', async () => {
    await referredTo();
    expect(await sweep()).toBe(0);
    await postgres.query('delete from repo.wants');
    expect(await sweep()).toBe(1);
    await one.task.work.once();
    expect(server.asked).toEqual(['/list']);
    expect(await sweep()).toBe(0);
  });

  it('reads again what a build folded that keeps less', async () => {
    // Other tests' events have the numbers that these will have.
    const admin = await Postgres.open({ url: stage.adminUrl, applicationName: 'test' });
    await admin.query('delete from log.sequence');
    await admin.query(`delete from log.events where source = '/test'`);
    await admin.close();
    await referredTo();
    await postgres.query('update repo.repositories set described_number = 0, spec = null');
    await postgres.query('update repo.users set referred_number = 0, said_at = null');
    for (const table of ['referrers', 'wants', 'contents']) {
      await postgres.query(`delete from repo.${table}`);
    }
    expect(await sweep()).toBe(2);
    await one.task.work.once();
    expect(server.asked).toEqual(['/list']);
    expect(await sweep()).toBe(0);
  });
});

describe('a thousand repositories', () => {
  it('made at once are spread over the interval', async () => {
    const uids = Array.from({ length: 1_000 }, () => newUid());
    const spec = { type: 'http', url: 'http://169.254.0.1' };
    await harness.handle(...uids.map((uid) => make.repositoryIs(uid, uid, spec)));
    const lanes = Array.from({ length: 8 }, async () => {
      while ((await one.task.work.once()) > 0);
    });
    await Promise.all(lanes);
    const [{ seconds, most }] = (await postgres.query<{ seconds: number; most: number }>(
      `select count(*)::int as seconds, max(n)::int as most
       from (select count(*) as n from repo.wants group by date_trunc('second', due)) s`,
    )) as [{ seconds: number; most: number }];
    expect(seconds).toBeGreaterThan(40);
    expect(most).toBeLessThan(60);
  });
});
