import { describe, expect, it } from '@jest/globals';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Transaction } from '@skein/postgres';
import { consumerHarness } from '@skein/testing';
import { lyon, ScanScene } from '../test/scan-scene.js';

const scene = new ScanScene({
  open: () => migratedDatabase(['selector']),
  harness: consumerHarness,
});

/** The statements of each transaction that the work begins. */
async function statements(work: () => Promise<unknown>): Promise<string[][]> {
  const all: string[][] = [];
  const { postgres } = scene;
  const original = postgres.transaction;
  postgres.transaction = ((run: (transaction: Transaction) => Promise<unknown>) =>
    original.call(postgres, (transaction) => {
      const own: string[] = [];
      all.push(own);
      const query = <Row>(sql: string, parameters?: readonly unknown[]) => {
        own.push(sql);
        return transaction.query<Row>(sql, parameters);
      };
      return run({ ...transaction, query });
    })) as typeof original;
  await work().finally(() => {
    postgres.transaction = original;
  });
  return all;
}

describe('a batch of label changes', () => {
  it('takes six statements, however many devices and fleets there are', async () => {
    const fleets = Array.from({ length: 50 }, () => newUid());
    const devices = Array.from({ length: 200 }, () => newUid());
    await scene.harness.handle(...fleets.map((uid) => scene.on.fleet(uid, { site: uid })));
    await scene.scanAll();
    await scene.harness.handle(...devices.map((uid) => scene.on.device(uid, lyon)));
    const events = devices.map((uid, n) => scene.on.relabelled(uid, { site: fleets[n % 50]! }));
    const [own, ...others] = await statements(() => scene.harness.handle(...events));
    expect(own).toHaveLength(6);
    expect(others).toEqual([]);
  });
});
