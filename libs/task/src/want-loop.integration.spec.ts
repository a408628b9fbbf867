import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { openLogger } from '@skein/telemetry';
import { testDatabase, waitFor, type TestDatabase } from '@skein/testing';
import type { WantKind } from './batch.js';
import { WantLoop, type WantLoopSettings } from './want-loop.js';
import { Wants, wantsTable } from './wants.js';

let database: TestDatabase;
let postgres: Postgres;
const wants = new Wants('work');
const org = newUid();

beforeAll(async () => {
  database = await testDatabase();
  postgres = await Postgres.open({ url: database.url, applicationName: 'test' });
  await postgres.query(`create schema work; ${wantsTable('work')}`);
});
beforeEach(() => postgres.query('delete from work.wants'));
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const put = (kind: WantKind, ...uids: string[]) =>
  wants.put(
    postgres,
    uids.map((uid) => ({ org, kind, uid, origin: {} })),
  );
const left = () =>
  postgres.query<{ uid: string; attempts: number; reason: string | null; due: boolean }>(
    'select uid, attempts, reason, due <= now() as due from work.wants order by uid',
  );
const loop = (work: WantLoopSettings['work'], lanes = 1) =>
  new WantLoop({
    wants,
    postgres,
    logger: openLogger('test', 'silent'),
    name: 'work',
    kind: 'device',
    limit: 10,
    lanes,
    retryBaseMs: 60_000,
    work,
  });

describe('work on wants', () => {
  it('takes its own kind only', async () => {
    const [mine, other] = [newUid(), newUid()];
    await put('device', mine);
    await put('contents', other);
    const seen: string[] = [];
    const done = await loop(async (claimed) => {
      seen.push(...claimed.map(({ uid }) => uid));
      await wants.done(postgres, claimed);
    }).once();
    expect([done, seen]).toEqual([1, [mine]]);
    expect(await left()).toMatchObject([{ uid: other }]);
  });

  it('waits with its reason also when that could not be written down at first', async () => {
    const uid = newUid();
    await put('device', uid);
    const failing = loop(async () => {
      await postgres.query('alter table work.wants rename to away');
      throw new Error('the server is gone');
    });
    await expect(failing.once()).rejects.toThrow('does not exist');
    await postgres.query('alter table work.away rename to wants');
    expect(await failing.once()).toBe(0);
    const waiting = { uid, attempts: 1, reason: 'the server is gone', due: false };
    expect(await left()).toEqual([waiting]);
  });

  it('lets only the culprit wait, with the reason', async () => {
    const uids = Array.from({ length: 5 }, () => newUid());
    await put('device', ...uids);
    await loop(async (claimed) => {
      if (claimed.some(({ uid }) => uid === uids[3])) throw new Error('this one is broken');
      await wants.done(postgres, claimed);
    }).once();
    const waiting = { uid: uids[3], attempts: 1, reason: 'this one is broken', due: false };
    expect(await left()).toEqual([waiting]);
  });

  it('does not halve when PostgreSQL failed: that says nothing about the wants', async () => {
    await put('device', newUid(), newUid());
    let calls = 0;
    await loop(() => {
      calls += 1;
      return Promise.reject(Object.assign(new Error('deadlock'), { code: '40P01' }));
    }).once();
    expect(calls).toBe(1);
    expect((await left()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('leaves what was wanted anew meanwhile', async () => {
    const uid = newUid();
    await put('device', uid);
    await loop(async (claimed) => {
      await put('device', uid);
      await wants.done(postgres, claimed);
    }).once();
    expect(await left()).toMatchObject([{ uid, due: true }]);
  });

  it('goes on beside work that takes long, and lets it know when the service stops', async () => {
    const slow = newUid();
    await put('device', slow);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const running = loop(async (claimed, signal) => {
      if (claimed.some(({ uid }) => uid === slow)) {
        resolve();
        await new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      }
      await wants.done(postgres, claimed);
    }, 2);
    running.start();
    await begun;
    await put('device', newUid());
    running.wake();
    await waitFor(async () => (await left()).length === 1);
    await running.stop();
    expect(await left()).toMatchObject([{ uid: slow, reason: 'the service stops' }]);
  });

  it('finds what is due without being woken, however many lanes have nothing to do', async () => {
    const running = loop((claimed) => wants.done(postgres, claimed), 100);
    running.start();
    try {
      await put('device', newUid());
      running.wake();
      await waitFor(async () => (await left()).length === 0);
      // They would look again all at once, in a minute.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await put('device', newUid());
      await waitFor(async () => (await left()).length === 0);
    } finally {
      await running.stop();
    }
  });
});
