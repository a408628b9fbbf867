import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { openTransaction, testDatabase, type TestDatabase } from '@skein/testing';
import type { Want } from './batch.js';
import { waitForTurn } from './claimed-want.js';
import { Wants, wantsTable } from './wants.js';

const wants = new Wants('outside');
let database: TestDatabase;
let postgres: Postgres;

const want = (uid: string, kind: Want['kind'] = 'device', causationid = 'first') => ({
  org: DEFAULT_ORGANISATION,
  kind,
  uid,
  origin: { causationid },
});
const put = (...uids: string[]) =>
  wants.put(
    postgres,
    uids.map((uid) => want(uid)),
  );
const claim = (limit = 10, kind: Want['kind'] = 'device') => wants.claim(postgres, limit, kind);
const due = async () =>
  (
    await postgres.query<{ uid: string }>(
      'select uid from outside.wants where due <= now() order by due, number',
    )
  ).map(({ uid }) => uid);
const row = async () =>
  (await postgres.query('select attempts, reason, due > now() as later from outside.wants'))[0];
const uids = (count: number) => Array.from({ length: count }, () => newUid());

beforeAll(async () => {
  database = await testDatabase();
  postgres = await Postgres.open({ url: database.url, applicationName: 'test' });
  await postgres.query(`create schema outside; ${wantsTable('outside')}`);
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});
beforeEach(() => postgres.query('truncate outside.wants'));

describe('a want', () => {
  it('is due at once, and is claimed with what it needs', async () => {
    const uid = newUid();
    await put(uid);
    expect(await claim()).toEqual([
      { ...want(uid), number: expect.any(Number), attempts: 0, since: expect.any(Date) },
    ]);
  });

  it('that never ends is left for a later time, unless it is wanted anew meanwhile', async () => {
    const uid = newUid();
    await put(uid);
    const [claimed] = await claim();
    const next = { delayMs: 60_000, attempts: 2, reason: 'nobody answers', origin: {} };
    await wants.again(postgres, claimed!, next);
    expect(await row()).toEqual({ attempts: 2, reason: 'nobody answers', later: true });
    await put(uid);
    await wants.again(postgres, claimed!, next);
    expect(await due()).toEqual([uid]);
    const [anew] = await claim();
    await wants.again(postgres, anew!, { ...next, attempts: 0, reason: null });
    expect(await row()).toEqual({ attempts: 0, reason: null, later: true });
  });

  it('that is claimed is not due until its claim ends', async () => {
    await put(newUid());
    await claim();
    expect(await claim()).toEqual([]);
    const [left] = await postgres.query(
      `select due - now() between interval '3 seconds' and interval '5 seconds' as held from outside.wants`,
    );
    expect(left).toEqual({ held: true });
  });

  it('is kept from being due while its claim is renewed; one that was postponed is not', async () => {
    await put(...uids(2));
    const [first, second] = await claim();
    await wants.postpone(postgres, second!, { delayMs: 60_000, reason: 'away' });
    await postgres.query(`update outside.wants set due = due - interval '4 seconds'`);
    await wants.renew(postgres, [first!, second!]);
    const found = await postgres.query(
      `select uid, due - now() > interval '20 seconds' as late, due - now() > interval '3 seconds' as held
       from outside.wants order by late`,
    );
    expect(found).toEqual([
      { uid: first!.uid, late: false, held: true },
      { uid: second!.uid, late: true, held: true },
    ]);
  });

  it('is gone when it is done', async () => {
    await put(...uids(3));
    await wants.done(postgres, await claim());
    expect(await postgres.query('select * from outside.wants')).toEqual([]);
  });

  it('is not done when the transaction of its effect rolls back', async () => {
    await put(newUid());
    const claimed = await claim();
    const transaction = await openTransaction(database.url);
    await wants.done(transaction, claimed);
    await transaction.rollback();
    expect(await row()).toMatchObject({ attempts: 0 });
  });

  it('is one of its kind, organisation and thing', async () => {
    const uid = newUid();
    await wants.put(postgres, [want(uid), want(uid, 'fleet'), { ...want(uid), org: newUid() }]);
    await put(uid);
    expect([await claim(), await claim(10, 'fleet')]).toEqual([
      [expect.anything(), expect.anything()],
      [expect.objectContaining({ uid, kind: 'fleet' })],
    ]);
  });

  it('waits behind none of another organisation, however many that has', async () => {
    const [many, few] = [newUid(), newUid()];
    await wants.put(
      postgres,
      uids(50).map((uid) => ({ ...want(uid), org: many })),
    );
    await wants.put(postgres, [{ ...want(newUid()), org: few }]);
    expect((await claim(2)).map(({ org }) => org).sort()).toEqual([many, few].sort());
    expect((await claim(2)).map(({ org }) => org)).toEqual([many, many]);
  });

  it('is claimed by the second of two that ask at once, while the first has not ended', async () => {
    await put(...uids(4));
    const transaction = await openTransaction(database.url);
    expect(await wants.claim(transaction, 2, 'device')).toHaveLength(2);
    expect(await claim(2)).toHaveLength(2);
    await transaction.rollback();
  });

  it('nobody wants is no statement', async () => {
    await wants.put({ query: () => Promise.reject(new Error('asked')) }, []);
  });
});

describe('a want that is wanted anew while it is worked on', () => {
  it('stays and is due now, with the new cause, although the old work is done', async () => {
    const uid = newUid();
    await put(uid);
    const old = await claim();
    await wants.put(postgres, [want(uid, 'device', 'second')]);
    await wants.done(postgres, old);
    const [anew] = await claim();
    expect(anew).toMatchObject({ uid, origin: { causationid: 'second' }, attempts: 0 });
    await wants.done(postgres, [anew!]);
    expect(await claim()).toEqual([]);
  });

  it('is not put off by the failure of the old work', async () => {
    const uid = newUid();
    await put(uid);
    const [old] = await claim();
    await put(uid);
    await wants.postpone(postgres, old!, { delayMs: 60_000, reason: 'away' });
    expect(await due()).toEqual([uid]);
    expect(await row()).toMatchObject({ attempts: 0, reason: null });
  });

  it('in a transaction that is open when the old work ends, stays', async () => {
    const uid = newUid();
    await put(uid);
    const old = await claim();
    const [wanting, ending] = [
      await openTransaction(database.url),
      await openTransaction(database.url),
    ];
    await wants.put(wanting, [want(uid)]);
    const done = wants.done(ending, old);
    await ending.untilItWaits();
    await wanting.commit();
    await done;
    await ending.commit();
    expect(await due()).toEqual([uid]);
  });
});

describe('a want that has to wait for the outside', () => {
  it('says why, counts, and is due after the delay', async () => {
    await put(newUid());
    const [claimed] = await claim();
    await wants.postpone(postgres, claimed!, { delayMs: 60_000, reason: 'git does not answer' });
    expect(await row()).toEqual({ attempts: 1, reason: 'git does not answer', later: true });
    await postgres.query('update outside.wants set due = now()');
    expect(await claim()).toMatchObject([{ attempts: 1 }]);
  });

  it('does not count what was no try', async () => {
    await put(newUid());
    const [claimed] = await claim();
    await wants.postpone(postgres, claimed!, { ...waitForTurn(), reason: 'others' });
    expect(await row()).toEqual({ attempts: 0, reason: 'others', later: true });
  });

  it('begins to count anew when it is wanted anew, and keeps since when it waits', async () => {
    const uid = newUid();
    await put(uid);
    const [claimed] = await claim();
    await wants.postpone(postgres, claimed!, { delayMs: 60_000, reason: 'away' });
    await put(uid);
    expect(await claim()).toMatchObject([{ attempts: 0, since: claimed!.since }]);
  });
});

describe('claiming', () => {
  it('takes the oldest first, as many as asked for', async () => {
    const [first, second, third] = uids(3) as [string, string, string];
    for (const uid of [first, second, third]) await put(uid);
    expect((await claim(2)).map(({ uid }) => uid).sort()).toEqual([first, second].sort());
    expect(await due()).toEqual([third]);
  });

  it('by many at once takes each want once', async () => {
    const all = uids(40);
    await put(...all);
    const untilNoneIsLeft = async (): Promise<string[]> => {
      const claimed = await claim(5);
      if (claimed.length === 0) return [];
      return [...claimed.map(({ uid }) => uid), ...(await untilNoneIsLeft())];
    };
    const taken = await Promise.all(Array.from({ length: 8 }, untilNoneIsLeft));
    expect(taken.flat().sort()).toEqual(all.sort());
  });

  it('does not wait for wants that somebody else is about to claim', async () => {
    const [one, other] = uids(2) as [string, string];
    await put(one);
    const transaction = await openTransaction(database.url);
    await wants.claim(transaction, 10, 'device');
    await put(other);
    expect((await claim()).map(({ uid }) => uid)).toEqual([other]);
    await transaction.rollback();
    expect((await claim()).map(({ uid }) => uid)).toEqual([one]);
  });
});
