import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { batchDispatched, DEFAULT_ORGANISATION, newUid, rolloutCompleted } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

/** More than two transactions take. */
const MANY = 12_000;
const [f, v, w] = [newUid(), newUid(), newUid()];

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(() => scene.reset());
afterAll(() => scene?.close());

/** So many devices that are in the fleet `f`. */
const fill = (count: number) =>
  scene.postgres.query(
    `insert into rollout.devices (org, device, created, labels, labels_version, owner, matched_labels_version)
     select $1, ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, true, '{}', 1, $2, 1
     from generate_series(1, $3::integer) n`,
    [DEFAULT_ORGANISATION, f, count],
  );
const missing = async (version: string) =>
  (
    await scene.row(
      `select count(*) filter (where target is distinct from '${version}') as missing from rollout.devices`,
    )
  )?.['missing'];
const fleet = (policy = {}) => scene.handle(scene.on.fleet(f, policy));

describe('a fleet that is too large for one transaction', () => {
  it('is selected in chunks, each of which the renderer can work on', async () => {
    await fleet();
    await fill(MANY);
    const sizes = [selectedIn(await scene.settle(scene.on.version(v, f))).length];
    const all = new Set<string>();
    while ((await scene.loop.once()) > 0) {
      const devices = selectedIn(await scene.harness.appended());
      for (const device of devices) all.add(device);
      sizes.push(devices.length);
    }
    expect(sizes).toEqual([5_000, 5_000, 2_000]);
    expect(all.size).toBe(7_000);
    expect(await missing(v)).toBe(0);
    expect(await scene.row('select waiting, selecting from rollout.rollouts')).toEqual({
      waiting: MANY,
      selecting: false,
    });
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
  });

  it('goes on where a killed replica was, and selects each device once', async () => {
    await fleet();
    await fill(MANY);
    const first = selectedIn(await scene.settle(scene.on.version(v, f)));
    const perform = scene.task.perform.bind(scene.task);
    scene.task.perform = async (batch) => {
      await perform(batch);
      throw new Error('killed before it could commit');
    };
    await expect(scene.loop.once()).rejects.toThrow('killed');
    scene.task.perform = perform;
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
    const rest = selectedIn(await scene.selectOn());
    expect(new Set([...first, ...rest]).size).toBe(MANY);
    expect(first.length + rest.length).toBe(MANY);
  });

  it('is selected once by two replicas', async () => {
    await fleet();
    await fill(MANY);
    const first = selectedIn(await scene.settle(scene.on.version(v, f)));
    await Promise.all([scene.selectOn(), scene.selectOn(), scene.selectOn()]);
    const [row] = await scene.postgres.query<{ members: number; devices: number }>(
      `select count(*) as members, count(distinct m ->> 'device') as devices
       from log.events e join log.types t on t.id = e.type,
            json_array_elements(e.data -> 'members') m
       where t.name = 'skein.rollout.devices-selected.v1' and e.data ->> 'templateVersion' = $1
         and e.subject = (select rollout from rollout.rollouts)`,
      [v],
    );
    expect(first).toHaveLength(5_000);
    expect(row).toEqual({ members: MANY, devices: MANY });
  });

  it('takes in who comes meanwhile, on either side of where it is', async () => {
    await fleet();
    await fill(MANY);
    await scene.settle(scene.on.version(v, f));
    const [before, after] = [`${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`, newUid()];
    const { on } = scene;
    const joined = await scene.settle(
      ...[on.device(before), on.device(after)],
      on.matched([before, after], f),
    );
    expect(selectedIn(joined).sort()).toEqual([before, after].sort());
    const rest = selectedIn(await scene.selectOn());
    expect(rest).toHaveLength(MANY - 5_000);
    expect(rest).not.toContain(after);
    expect(await missing(v)).toBe(0);
  });

  it('is not selected any further for a version that was superseded', async () => {
    await fleet();
    await fill(MANY);
    await scene.settle(scene.on.version(v, f));
    await scene.handle(scene.on.version(w, f, 2));
    const rest = await scene.selectOn();
    expect(new Set(rest.map(({ data }) => data['templateVersion']))).toEqual(new Set([w]));
    expect(await missing(w)).toBe(0);
  });

  it('gives a batch as many as its limit says, counted when it began', async () => {
    await fleet(inBatches({ limit: '60%' }));
    await fill(MANY);
    const first = selectedIn(await scene.settle(scene.on.version(v, f)));
    await fill(0);
    const rest = selectedIn(await scene.selectOn());
    expect([first.length, rest.length]).toEqual([5_000, 2_200]);
    expect(
      await scene.row('select quota, taken, waiting from rollout.batches where batch = 1'),
    ).toEqual({ quota: 7_200, taken: 7_200, waiting: 7_200 });
  });

  it('is named in chunks also when a budget holds it back', async () => {
    await fleet({ disruptionBudget: { maxUnavailable: 100 } });
    await fill(MANY);
    const said = [...(await scene.settle(scene.on.version(v, f))), ...(await scene.selectOn())];
    expect(selectedIn(said)).toHaveLength(100);
    expect(await scene.row('select held, waiting from rollout.rollouts')).toEqual({
      held: MANY - 100,
      waiting: 100,
    });
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
  });

  it('is released in chunks when there is room for it all', async () => {
    await fleet({ disruptionBudget: { maxUnavailable: 20_000 } });
    await fill(MANY);
    await scene.settle(scene.on.version(v, f));
    await scene.selectOn();
    expect(await missing(v)).toBe(0);
    expect(await scene.row('select held, waiting from rollout.rollouts')).toEqual({
      held: 0,
      waiting: MANY,
    });
  });
});

describe('what was announced', () => {
  it('is selected also when nobody hears of it', async () => {
    const devices = uids(2);
    const [d] = devices as [string];
    await scene.handle(
      ...scene.members(f, inBatches({ limit: 1 }), devices),
      scene.on.version(v, f),
    );
    const said = await scene.selectOn();
    expect(typesOf(said)[0]).toBe(batchDispatched.type);
    expect(selectedIn(said)).toEqual([d]);
    expect(await scene.selectOn()).toEqual([]);
  });

  it('ends at once without devices', async () => {
    await fleet();
    await scene.handle(scene.on.version(v, f));
    expect(typesOf(await scene.selectOn())).toEqual([rolloutCompleted.type]);
  });
});
