import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DisruptionBudget, RolloutPolicy } from '@skein/domain-resource';
import {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  newUid,
  rolloutCompleted,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

const [f, v, w] = [newUid(), newUid(), newUid()];
const sites = ['lyon', 'nice', 'paris'];
const siteOf = (place: number) => sites[place % sites.length]!;
const bySite: DisruptionBudget = { groupBy: ['site'], maxUnavailable: 1 };

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(() => scene.reset());
afterAll(() => scene?.close());

/** A rollout over so many devices, whose sites go in turn. */
async function rolling(policy: RolloutPolicy, count: number) {
  const devices = uids(count);
  const all = scene.members(f, policy, devices, (place) => ({ site: siteOf(place) }));
  const said = await scene.settle(...all, scene.on.version(v, f));
  return { devices, first: selectedIn(said) };
}
const held = async () => {
  const rows = await scene.postgres.query<{ device: string }>(
    'select device from rollout.held order by device',
  );
  return rows.map(({ device }) => device);
};
/** How many devices of each group are on their way. */
const away = async (key = `labels ->> 'site'`) => {
  const rows = await scene.postgres.query<{ grp: string; devices: number; size: number }>(
    `select coalesce(${key}, '') as grp, count(*) as size,
            count(*) filter (where outcome = 'waiting') as devices
     from rollout.devices where not deleted group by 1 order by 1`,
  );
  return rows;
};
const finish = (...devices: string[]) => scene.settle(...scene.updated(v, ...devices));

describe('a disruption budget', () => {
  it('lets so many devices of each group go at once, and the next ones when they are done', async () => {
    const { devices, first } = await rolling({ disruptionBudget: bySite }, 7);
    expect(first).toEqual(devices.slice(0, 3));
    expect(await held()).toEqual(devices.slice(3));
    const said = await finish(devices[0]!);
    expect(selectedIn(said)).toEqual([devices[3]]);
    expect(selectedIn(await finish(devices[1]!, devices[2]!))).toEqual([devices[4], devices[5]]);
    expect(selectedIn(await finish(devices[3]!, devices[4]!))).toEqual([devices[6]]);
    expect(typesOf(await finish(devices[5]!, devices[6]!))).toEqual([rolloutCompleted.type]);
  });

  it('has one group without labels, and one for devices that lack the label', async () => {
    const everything = await rolling({ disruptionBudget: { maxUnavailable: 2 } }, 4);
    expect(everything.first).toEqual(everything.devices.slice(0, 2));
    await scene.reset();
    const devices = uids(4);
    const labels = (place: number) => (place < 2 ? { site: 'lyon' } : ({} as { site?: string }));
    const all = scene.members(f, { disruptionBudget: bySite }, devices, labels);
    const said = await scene.settle(...all, scene.on.version(v, f));
    expect(selectedIn(said)).toEqual([devices[0], devices[2]]);
    expect(
      await scene.postgres.query('select grp, held from rollout.waits_for_budget order by 1'),
    ).toEqual([
      { grp: '[""]', held: 1 },
      { grp: '["lyon"]', held: 1 },
    ]);
  });

  it('keeps so many available, but lets also small groups go on', async () => {
    const { first } = await rolling(
      { disruptionBudget: { groupBy: ['site'], minAvailable: 2, maxUnavailable: 3 } },
      10,
    );
    expect(first).toHaveLength(2 + 1 + 1);
    expect((await away()).map(({ grp, devices, size }) => [grp, devices, size])).toEqual([
      ['lyon', 2, 4],
      ['nice', 1, 3],
      ['paris', 1, 3],
    ]);
    await scene.reset();
    const small = await rolling({ disruptionBudget: { groupBy: ['site'], minAvailable: 9 } }, 3);
    expect(small.first).toHaveLength(3);
  });

  it('is freed by devices that fail', async () => {
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 3);
    const said = await scene.settle(scene.on.unrendered([devices[0]!], v));
    expect(selectedIn(said)).toEqual([devices[1]]);
    await scene.later('25 hours');
    expect(selectedIn(await scene.ringAll())).toEqual([devices[2]]);
    await scene.later('25 hours');
    const [last] = (await scene.ringAll()).slice(-1);
    expect(last).toMatchObject({ type: rolloutCompleted.type, data: { devices: 3, failed: 3 } });
  });

  it('holds also for single devices: those that come, and those with new labels', async () => {
    const { on } = scene;
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 2);
    await finish(devices[0]!);
    expect(typesOf(await finish(devices[1]!))).toEqual([rolloutCompleted.type]);
    const [come, later] = uids(2) as [string, string];
    const joined = await scene.settle(
      ...[on.device(come), on.device(later)],
      on.matched([come, later], f),
    );
    expect(selectedIn(joined)).toEqual([come]);
    const labels = on.relabelled(devices[0]!, { site: 'lyon', rack: '7' });
    const answer = on.matched([devices[0]!], f, labels.event.version);
    expect(await scene.settle(labels, answer)).toEqual([]);
    expect(await held()).toEqual([devices[0], later].sort());
    const order = [devices[0]!, later].sort();
    expect(selectedIn(await finish(come))).toEqual([order[0]]);
    expect(selectedIn(await finish(order[0]!))).toEqual([order[1]]);
  });

  it('selects a relabelled device that is on its way again at once, when it was rendered', async () => {
    const { on } = scene;
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 2);
    const labels = on.relabelled(devices[0]!, { site: 'lyon', rack: '7' });
    const answer = on.matched([devices[0]!], f, labels.event.version);
    expect(await scene.settle(labels, answer)).toEqual([]);
    expect(selectedIn(await scene.settle(on.rendered([devices[0]!], v)))).toEqual([devices[0]]);
    expect(selectedIn(await scene.settle(on.reported(devices[0]!, 1)))).toEqual([]);
    expect(selectedIn(await scene.settle(on.rendered([devices[0]!], v)))).toEqual([devices[1]]);
  });

  it('counts devices that are on their way to the version before', async () => {
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 3);
    await finish(devices[0]!);
    const said = await scene.settle(scene.on.version(w, f, 2));
    expect(selectedIn(said)).toEqual([devices[1]]);
    expect(await held()).toEqual([devices[0], devices[2]]);
  });

  it('forgets what a deleted or moved device waited for', async () => {
    const { on } = scene;
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 4);
    await scene.settle(on.gone(devices[1]!), on.matched([devices[2]!], null));
    expect(await held()).toEqual([devices[3]]);
    expect(selectedIn(await scene.settle(on.gone(devices[0]!)))).toEqual([devices[3]]);
    expect(typesOf(await finish(devices[3]!))).toEqual([rolloutCompleted.type]);
  });

  it('ends with its fleet, and with a newer version without one', async () => {
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 3);
    await scene.handle(scene.on.repoliced(f, null));
    const said = await scene.settle(scene.on.version(w, f, 2));
    expect(selectedIn(said)).toEqual(devices);
    expect(await held()).toEqual([]);
    await scene.reset();
    await rolling({ disruptionBudget: { maxUnavailable: 1 } }, 3);
    await scene.settle(scene.on.disbanded(f));
    expect(await held()).toEqual([]);
  });

  it('says what it holds back, and since when', async () => {
    await rolling({ disruptionBudget: bySite }, 9);
    const rows = await scene.postgres.query(
      `select grp, held, since is not null as since from rollout.waits_for_budget order by grp`,
    );
    expect(rows).toEqual(sites.map((site) => ({ grp: `["${site}"]`, held: 2, since: true })));
    expect(
      await scene.row(
        `select wait_reason as reason, held, waiting, updated, failed from rollout.shown_rollouts`,
      ),
    ).toEqual({ reason: 'Devices', held: 6, waiting: 3, updated: 0, failed: 0 });
  });
});

describe('batches with a budget', () => {
  const policy: RolloutPolicy = {
    ...inBatches({ limit: 4, successThreshold: '50%' }),
    disruptionBudget: { maxUnavailable: 1 },
  };

  it('name their devices at once, and select them one by one', async () => {
    const { devices, first } = await rolling(policy, 6);
    expect(first).toEqual([devices[0]]);
    expect(await held()).toEqual(devices.slice(1, 4));
    expect(selectedIn(await finish(devices[0]!))).toEqual([devices[1]]);
    const next = await finish(devices[1]!);
    expect(typesOf(next)).toEqual([
      ...[devicesSelected.type, batchCompleted.type, batchDispatched.type],
    ]);
    expect(next[1]?.data).toMatchObject({ batch: 1, devices: 4, updated: 2, failed: 0 });
    expect(await held()).toEqual([devices[3], devices[4], devices[5]]);
    for (const device of devices.slice(2, 5)) expect(await finish(device)).toHaveLength(1);
    expect(typesOf(await finish(devices[5]!)).at(-1)).toBe(rolloutCompleted.type);
  });

  it('do not stand still while devices are held', async () => {
    const { devices } = await rolling(policy, 4);
    await scene.settle(scene.on.unrendered([devices[0]!], v));
    expect(await scene.row('select state from rollout.rollouts')).toEqual({ state: 'active' });
  });
});

describe('two replicas', () => {
  it('do not give the same room twice', async () => {
    const { on } = scene;
    const { devices } = await rolling({ disruptionBudget: { maxUnavailable: 2 } }, 6);
    await scene.settle(on.rendered(devices.slice(0, 2), v));
    const said = await scene.harness.sideBySide(
      scene.task,
      [on.reported(devices[0]!, 1)],
      [on.reported(devices[1]!, 1)],
    );
    expect(selectedIn(said)).toEqual([devices[2], devices[3]]);
    expect(await away(`'all'`)).toMatchObject([{ devices: 2 }]);
  });

  it('do not let a device in that comes while the other one selects', async () => {
    const { on } = scene;
    const devices = uids(2);
    const [late] = uids(1) as [string];
    const policy = { disruptionBudget: { maxUnavailable: 1 } };
    await scene.handle(...scene.members(f, policy, devices), on.device(late));
    const start = on.heard(await scene.handle(on.version(v, f)));
    const said = await scene.harness.sideBySide(scene.task, start, [on.matched([late], f)]);
    expect(selectedIn(said)).toEqual([devices[0]]);
    expect(await held()).toEqual([devices[1], late].sort());
  });
});
