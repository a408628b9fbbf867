import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Postgres } from '@skein/postgres';
import { testDatabase } from '@skein/testing';
import type { TestDatabase } from '@skein/testing';
import type { BlobStore } from './blob-store.js';
import { digestOf, type Content } from './digest.js';
import { blobMigrations } from './migrations/index.js';
import { openBlobs } from './open-blobs.js';
import { SealedStore } from './sealed-store.js';
import { Sealer } from './sealer.js';

const keyOf = (id: string) => ({ id, key: randomBytes(32) });
const [older, newer] = [keyOf('older'), keyOf('newer')];
const contentOf = (text: string): Content => {
  const bytes = Buffer.from(text);
  return { bytes, digest: digestOf(bytes) };
};

let database: TestDatabase;
let postgres: Postgres;
let blobs: BlobStore;

beforeAll(async () => {
  database = await testDatabase();
  postgres = await Postgres.open({ url: database.url, applicationName: 'blobs-test' });
  const runner = postgres.dataSource.createQueryRunner();
  for (const Migration of blobMigrations) await new Migration().up(runner);
  await runner.release();
  blobs = openBlobs(postgres, { current: older }).store;
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const countOf = async (org: string) => {
  const sql = 'select count(*)::int as count from blobs.contents where org = $1';
  const [row] = await postgres.query<{ count: number }>(sql, [org]);
  return row?.count;
};

describe('contents', () => {
  it('come back byte for byte, under their digest', async () => {
    const org = randomUUID();
    for (const content of [
      Buffer.alloc(0),
      Buffer.from([0, 255, 92, 34, 44, 123]),
      randomBytes(1_000_000),
    ]) {
      const digest = await blobs.put(org, content);
      expect(digest).toBe(digestOf(content));
      expect(await blobs.get(org, digest)).toEqual(content);
    }
    expect(await blobs.get(org, digestOf(Buffer.from('nobody put this')))).toBeUndefined();
  });

  it('are one row when they are equal, and apart for each organisation', async () => {
    const [org, other] = [randomUUID(), randomUUID()];
    const [a, b, c] = [contentOf('a'), contentOf('b'), contentOf('c')];
    await blobs.putMany(postgres, org, [b, a, b, a]);
    expect(await blobs.put(org, a.bytes)).toBe(a.digest);
    expect(await countOf(org)).toBe(2);
    expect(await blobs.getMany(org, [b.digest, a.digest, c.digest])).toEqual(
      new Map([a, b].map(({ digest, bytes }) => [digest, bytes])),
    );
    expect(await blobs.get(other, a.digest)).toBeUndefined();
    await blobs.putMany(postgres, org, []);
  });

  it("belong to the caller's transaction", async () => {
    const org = randomUUID();
    const failed = postgres.transaction(async (transaction) => {
      await blobs.putMany(transaction, org, [contentOf('never')]);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await countOf(org)).toBe(0);
  });

  it('do not deadlock when many store the same ones at once', async () => {
    const org = randomUUID();
    const contents = Array.from({ length: 200 }, (_, index) => contentOf(`content ${index}`));
    const orders = [contents, contents.toReversed(), contents, contents.toReversed()];
    await Promise.all(
      orders.map((order) =>
        postgres.transaction((transaction) => blobs.putMany(transaction, org, order)),
      ),
    );
    expect(await countOf(org)).toBe(200);
  });

  it('cannot lie about their size or digest', async () => {
    const put = (digest: string, size: number) =>
      postgres.query(
        'insert into blobs.contents (org, digest, size, content) values ($1, $2, $3, $4)',
        [randomUUID(), digest, size, Buffer.from('a')],
      );
    await expect(put(digestOf(Buffer.from('a')), 2)).rejects.toThrow('check constraint');
    await expect(put('md5:a', 1)).rejects.toThrow('check constraint');
  });
});

describe('contents that are secret', () => {
  const secret = Buffer.from('the secret of the fleet');

  it('come back, and PostgreSQL never sees them, nor what they could be compared with', async () => {
    const org = randomUUID();
    const digest = await blobs.put(org, secret, true);
    expect(digest).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(await blobs.get(org, digest)).toEqual(secret);
    const rows = await postgres.query<{ found: boolean }>(
      'select position($1::bytea in content) > 0 as found from blobs.contents where org = $2',
      [secret, org],
    );
    expect(rows).toEqual([{ found: false }]);
  });

  it('are one row when they are equal, with another digest in each organisation', async () => {
    const [org, other] = [randomUUID(), randomUUID()];
    const digest = await blobs.put(org, secret, true);
    expect(await blobs.put(org, secret, true)).toBe(digest);
    expect(await countOf(org)).toBe(1);
    expect(await blobs.put(other, secret, true)).not.toBe(digest);
  });

  it('have one digest for all processes of an organisation, also of those that begin at once', async () => {
    const org = randomUUID();
    const stores = [1, 2, 3, 4].map(() => openBlobs(postgres, { current: older }).store);
    const digests = await Promise.all(stores.map((store) => store.put(org, secret, true)));
    expect(new Set(digests).size).toBe(1);
  });

  it('keep their digest when the sealing key is changed, and open while the former one is known', async () => {
    const org = randomUUID();
    const digest = await blobs.put(org, secret, true);
    const rotated = openBlobs(postgres, { current: newer, previous: [older] }).store;
    expect(await rotated.put(org, secret, true)).toBe(digest);
    expect(await rotated.get(org, digest)).toEqual(secret);
    const later = await rotated.put(org, Buffer.from('sealed with the newer key'), true);
    await expect(blobs.get(org, later)).rejects.toMatchObject({ code: 'unknown-key' });
    const forgetful = openBlobs(postgres, { current: newer }).store;
    await expect(forgetful.get(org, digest)).rejects.toMatchObject({ code: 'unknown-key' });
  });

  it('cannot be moved to another digest or organisation', async () => {
    const [org, other] = [randomUUID(), randomUUID()];
    const digest = await blobs.put(org, secret, true);
    await postgres.query(
      `insert into blobs.contents (org, digest, size, content)
       select $2, digest, size, content from blobs.contents where org = $1`,
      [org, other],
    );
    await expect(blobs.get(other, digest)).rejects.toMatchObject({ code: 'not-authentic' });
  });
});

describe('sealed values', () => {
  const sealer = new Sealer({ current: { id: 'one', key: randomBytes(32) } });
  const secret = Buffer.from('the password');

  it('come back and open; PostgreSQL never sees the plaintext', async () => {
    const sealedStore = new SealedStore(postgres);
    const [org, id, uid] = [randomUUID(), randomUUID(), randomUUID()];
    await sealedStore.put(postgres, { org, id }, sealer.seal({ org, uid }, secret));
    const sealed = await sealedStore.get({ org, id });
    expect(sealer.open({ org, uid }, sealed!)).toEqual(secret);
    const rows = await postgres.query<{ found: boolean }>(
      'select position($1::bytea in ciphertext) > 0 as found from blobs.sealed',
      [secret],
    );
    expect(rows).toEqual([{ found: false }]);
  });

  it('are never replaced, and are apart for each organisation', async () => {
    const sealedStore = new SealedStore(postgres);
    const reference = { org: randomUUID(), id: randomUUID() };
    const sealed = sealer.seal({ org: reference.org, uid: 'uid' }, secret);
    await sealedStore.put(postgres, reference, sealed);
    await expect(sealedStore.put(postgres, reference, sealed)).rejects.toThrow('duplicate key');
    expect(await sealedStore.get({ ...reference, org: randomUUID() })).toBeUndefined();
  });
});
