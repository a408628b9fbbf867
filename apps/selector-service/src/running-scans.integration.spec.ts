import { beforeEach, describe, expect, it } from '@jest/globals';
import { newUid, type Delivered } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness, waitFor } from '@skein/testing';
import type { ClaimedWant } from '@skein/task';
import { lyon, membersOf, nice, ScanScene } from '../test/scan-scene.js';

const scene = new ScanScene({
  open: () => migratedDatabase(['selector']),
  harness: consumerHarness,
});

describe('what happens while a scan runs', () => {
  const sorted = (count: number) => Array.from({ length: count }, () => newUid()).sort();
  let d: string[];
  let f: string;

  /** Ten devices in the order of the scan, of which four have been looked at. */
  beforeEach(async () => {
    [d, f] = [sorted(10), newUid()];
    scene.one.scanner.most.devices = 2;
    await scene.harness.handle(...d.map((uid) => scene.on.device(uid, lyon)));
    await scene.harness.handle(scene.on.fleet(f, lyon));
    await scene.chunks(2);
    expect((await scene.owners()).get(f)).toBe(4);
    await scene.harness.appended();
  });

  it('the selector changes: all of it begins anew', async () => {
    await scene.harness.handle(scene.on.reselected(f, nice));
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[null, 10]]));
  });

  it('the selector changes and changes back', async () => {
    await scene.harness.handle(scene.on.reselected(f, nice));
    await scene.chunks(1);
    await scene.harness.handle(scene.on.reselected(f, lyon));
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[f, 10]]));
  });

  it('the fleet is deleted', async () => {
    await scene.harness.handle(scene.gone(f));
    const { told } = await scene.scanAll();
    expect(told.map(({ device }) => device)).toEqual(d.slice(0, 4));
    expect(await scene.owners()).toEqual(new Map([[null, 10]]));
  });

  it('another fleet comes: devices on both sides of the cursor know both', async () => {
    const g = newUid();
    await scene.harness.handle(scene.on.fleet(g, lyon));
    await scene.scanAll();
    const rows = await scene.postgres.query<{ names: string[] }>(
      'select multiple_owners as names from selector.devices',
    );
    const both = [`f-${f}`, `f-${g}`].sort();
    expect(rows.map(({ names }) => names)).toEqual(d.map(() => both));
  });

  it('labels change on both sides of the cursor: answered at once, with their own version', async () => {
    const events = await scene.harness.handle(
      scene.on.relabelled(d[0]!, nice),
      scene.on.relabelled(d[9]!, nice),
    );
    expect(membersOf(events)).toEqual(
      [d[0], d[9]].map((device) => ({ device, owner: null, labelsVersion: 2, multipleOwners: [] })),
    );
    const { told } = await scene.scanAll();
    expect(told.map(({ device }) => device)).toEqual(d.slice(4, 9));
    expect(await scene.owners()).toEqual(
      new Map<string | null, number>([
        [null, 2],
        [f, 8],
      ]),
    );
  });

  it('a device comes whose place is behind the cursor', async () => {
    const first = '00000000-0000-4000-8000-000000000001';
    expect(membersOf(await scene.harness.handle(scene.on.device(first, lyon)))).toMatchObject([
      { owner: f },
    ]);
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[f, 11]]));
  });

  it('the answers tell of the change that was asked for last', async () => {
    const again = scene.on.reselected(f, nice);
    await scene.harness.handle(again);
    await scene.one.scanAll();
    const causes = new Set((await scene.harness.appended()).map(({ causationid }) => causationid));
    expect(causes).toEqual(new Set([again.event.id]));
  });

  it('so do those of an instance that claimed the scan before', async () => {
    const [claimed] = await scene.postgres.query<ClaimedWant>(
      'select org, kind, uid, number, origin, attempts, since from selector.wants',
    );
    const again = scene.on.reselected(f, nice);
    await scene.harness.handle(again);
    await scene.one.scanner.scan(claimed!);
    await scene.one.scanAll();
    const causes = (await scene.harness.appended()).map(({ causationid }) => causationid);
    expect(causes).toEqual([again.event.id, again.event.id]);
  });

  /** Handles an event that comes while a chunk is being written, and has to wait for it. */
  const meanwhile = async (event: Delivered) => {
    const save = scene.one.scans.save.bind(scene.one.scans);
    let handled: ReturnType<typeof scene.harness.handle> | undefined;
    const waits = async () => {
      const blocked = 'select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0';
      return (await scene.postgres.query(blocked)).length > 0;
    };
    scene.one.scans.save = async (...given) => {
      scene.one.scans.save = save;
      handled = scene.harness.handle(event);
      await waitFor(waits);
      await save(...given);
    };
    await scene.chunks(1);
    return membersOf((await handled)!);
  };

  it('the selector changes while a chunk is being written', async () => {
    await meanwhile(scene.on.reselected(f, nice));
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[null, 10]]));
  });

  it('labels change while a chunk is being written that holds the device', async () => {
    const told = await meanwhile(scene.on.relabelled(d[4]!, nice));
    expect(told.filter(({ device }) => device === d[4])).toMatchObject([
      { owner: f, labelsVersion: 1 },
      { owner: null, labelsVersion: 2 },
    ]);
    await scene.scanAll();
    expect(await scene.owners()).toEqual(
      new Map<string | null, number>([
        [null, 1],
        [f, 9],
      ]),
    );
  });
});

describe('the sweep', () => {
  const sweep = async () => {
    let found = 0;
    await scene.one.unit.sweep(async (batch) => {
      await scene.one.sweep.find(batch);
      found = batch.size;
    });
    return found;
  };

  it('finds nothing in a healthy system, also while a scan runs', async () => {
    scene.one.scanner.most.devices = 5;
    await scene.fill(20, '{"site": "lyon"}');
    const f = newUid();
    await scene.harness.handle(scene.on.fleet(f, lyon), scene.on.device(newUid(), lyon));
    expect(await sweep()).toBe(0);
    await scene.one.task.scans.once();
    expect(await sweep()).toBe(0);
    await scene.harness.handle(scene.on.reselected(f, nice));
    expect(await sweep()).toBe(0);
    await scene.scanAll();
    expect(await sweep()).toBe(0);
  });

  it('asks again for a fleet whose scan vanished, and its devices get their owner', async () => {
    scene.one.scanner.most.devices = 5;
    await scene.fill(20, '{"site": "lyon"}');
    const f = newUid();
    await scene.harness.handle(scene.on.fleet(f, lyon));
    await scene.one.task.scans.once();
    await scene.postgres.query('delete from selector.wants');
    await scene.scanAll();
    expect((await scene.owners()).get(f)).toBe(5);
    expect(await sweep()).toBe(1);
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[f, 20]]));
    expect(await sweep()).toBe(0);
  });

  it('finds a change that a build wrote down which knows no scans', async () => {
    const [d, f] = [newUid(), newUid()];
    await scene.harness.handle(scene.on.fleet(f, lyon), scene.on.device(d, lyon));
    await scene.scanAll();
    await scene.postgres.query(`update selector.fleets set selector = null, selector_number = 99`);
    expect(await sweep()).toBe(1);
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[null, 1]]));
  });
});
