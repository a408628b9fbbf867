import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid, type Delivered } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { lyon, membersOf, nice, ScanScene } from '../test/scan-scene.js';
import { FleetIndexes, type FleetsState } from './fleet-indexes.js';

const scene = new ScanScene({
  open: () => migratedDatabase(['selector']),
  harness: consumerHarness,
});

const stateOf = async (): Promise<FleetsState> => {
  const [state] = await scene.postgres.query<FleetsState>(
    `select coalesce(max(version), 0) as "fleetsVersion", pg_postmaster_start_time()::text as server
     from selector.fleets where org = $1`,
    [org],
  );
  return state!;
};
/** Loads the organisation's fleets, and answers how many rows that read. */
const load = (indexes: FleetIndexes, of = org, given?: FleetsState) =>
  scene.postgres.transaction(async (transaction) => {
    let rows = 0;
    const query = async <Row>(sql: string, parameters?: readonly unknown[]) => {
      const answer = await transaction.query<Row>(sql, parameters);
      rows += answer.length;
      return answer;
    };
    const state = given ?? (await stateOf());
    const index = await indexes.load({ ...transaction, query }, of, { state, changing: false });
    return { index, rows };
  });
const fleets = async (count: number): Promise<string[]> => {
  const uids = Array.from({ length: count }, () => newUid());
  await scene.harness.handle(...uids.map((uid) => scene.on.fleet(uid, { site: uid })));
  return uids;
};

describe('the index of an organisation', () => {
  it('is read once, and then only what changed', async () => {
    const indexes = new FleetIndexes();
    const [first, second] = await fleets(5);
    expect((await load(indexes)).rows).toBe(5);
    expect((await load(indexes)).rows).toBe(0);
    await scene.harness.handle(scene.on.reselected(first!, lyon), scene.gone(second!));
    const { index, rows } = await load(indexes);
    expect([rows, index.size]).toEqual([2, 4]);
    expect(index.matching(lyon).map(({ fleet }) => fleet)).toEqual([first]);
    expect([index.matching({ site: first! }), index.has(second!)]).toEqual([[], false]);
  });

  it('is read anew on a server that was set back or is another one', async () => {
    const indexes = new FleetIndexes();
    await fleets(3);
    const state = await stateOf();
    await load(indexes);
    const back = { ...state, fleetsVersion: state.fleetsVersion - 1 };
    expect((await load(indexes, org, back)).rows).toBe(3);
    expect((await load(indexes, org, { ...back, server: 'another' })).rows).toBe(3);
    expect((await load(indexes, org, { ...back, server: 'another' })).rows).toBe(0);
  });

  it('goes when others are used more', async () => {
    const indexes = new FleetIndexes();
    await fleets(4);
    const others = [newUid(), newUid()];
    Object.assign(indexes.most, { organisations: 2 });
    for (const other of [org, others[0], org, others[1]]) await load(indexes, other);
    expect(indexes.size).toEqual({ fleets: 4, organisations: 2 });
    expect((await load(indexes)).rows).toBe(0);
    Object.assign(indexes.most, { fleets: 3 });
    await load(indexes);
    expect(indexes.size).toEqual({ fleets: 4, organisations: 1 });
    await load(indexes, others[0]);
    expect(indexes.size).toEqual({ fleets: 0, organisations: 1 });
  });
});

describe('what nobody else may see', () => {
  /** Handles a batch that is rolled back after it decided. */
  const rollBack = async (...events: Delivered[]) => {
    const perform = scene.one.task.perform.bind(scene.one.task);
    scene.one.task.perform = async (batch) => {
      await perform(batch);
      throw new Error('rolled back');
    };
    await expect(scene.harness.handle(...events)).rejects.toThrow('rolled back');
    scene.one.task.perform = perform;
  };

  it('is a fleet whose batch was rolled back', async () => {
    const [d, f, g] = [newUid(), newUid(), newUid()];
    await scene.harness.handle(scene.on.device(d, nice));
    await rollBack(scene.on.fleet(f, lyon), scene.on.relabelled(d, lyon));
    await scene.harness.handle(scene.on.fleet(g, nice));
    const events = await scene.harness.handle(scene.on.relabelled(d, lyon));
    expect(membersOf(events)).toMatchObject([{ device: d, owner: null, multipleOwners: [] }]);
  });

  it('is the selector that a batch would have given a fleet', async () => {
    const [d, f] = [newUid(), newUid()];
    await scene.harness.handle(scene.on.fleet(f, lyon), scene.on.device(d, nice));
    await scene.harness.handle(scene.on.relabelled(d, { ...nice, a: '1' }));
    await rollBack(scene.on.reselected(f, nice), scene.on.relabelled(d, nice));
    const events = await scene.harness.handle(scene.on.relabelled(d, lyon));
    expect(membersOf(events)).toMatchObject([{ device: d, owner: f }]);
  });
});
