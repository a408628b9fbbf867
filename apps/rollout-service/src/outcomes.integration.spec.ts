import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  devicesTimedOut,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

const [f, v, w] = [newUid(), newUid(), newUid()];
const ended = [batchCompleted.type, rolloutCompleted.type];
const goesOn = [batchCompleted.type, batchDispatched.type];
const half = (more: RolloutPolicy = {}): RolloutPolicy => ({
  ...inBatches({ limit: '50%', successThreshold: '50%' }),
  ...more,
});

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(() => scene.reset());
afterAll(() => scene?.close());

/** A rollout of the fleet `f` over so many devices, as far as it goes. */
async function rolling(policy: RolloutPolicy | null, count: number): Promise<string[]> {
  const devices = uids(count);
  await scene.settle(...scene.members(f, policy, devices), scene.on.version(v, f));
  return devices;
}
const outcomes = async () => {
  const rows = await scene.postgres.query<{ outcome: string }>(
    'select outcome from rollout.devices order by device',
  );
  return rows.map(({ outcome }) => outcome);
};
const rolloutRow = () =>
  scene.row('select state, reason, message from rollout.rollouts order by started_at desc');
const counts = () => scene.row('select held, waiting, updated, failed from rollout.rollouts');

describe('the outcome of a device', () => {
  it('is waiting until it reports what was rendered for its target', async () => {
    const [d] = (await rolling(null, 1)) as [string];
    expect(await outcomes()).toEqual(['waiting']);
    await scene.handle(scene.on.rendered([d], v, 4));
    await scene.handle(scene.on.reported(d, 3));
    expect(await outcomes()).toEqual(['waiting']);
    expect(typesOf(await scene.handle(scene.on.reported(d, 4)))).toEqual([rolloutCompleted.type]);
    expect(await outcomes()).toEqual(['updated']);
    expect(await counts()).toEqual({ held: 0, waiting: 0, updated: 1, failed: 0 });
  });

  it('is failed while its target cannot be rendered, with the reason and since when', async () => {
    const [d, e] = (await rolling(null, 2)) as [string, string];
    await scene.handle(scene.on.unrendered([d], v, 'item motto: no key "site"'));
    expect(await outcomes()).toEqual(['failed', 'waiting']);
    expect(
      await scene.row(
        `select problem, problem_at is not null as since from rollout.devices where device = '${d}'`,
      ),
    ).toEqual({ problem: 'item motto: no key "site"', since: true });
    expect(await counts()).toEqual({ held: 0, waiting: 1, updated: 0, failed: 1 });
    await scene.handle(scene.on.rendered([d], v));
    expect(await outcomes()).toEqual(['waiting', 'waiting']);
    const said = await scene.handle(scene.on.reported(d, 1), ...scene.updated(v, e));
    expect(said).toMatchObject([
      { type: rolloutCompleted.type, data: { devices: 2, updated: 2, failed: 0 } },
    ]);
  });

  it('does not fail by a problem with another version, or one that is older than its document', async () => {
    const [d] = (await rolling(null, 1)) as [string];
    await scene.handle(scene.on.unrendered([d], w));
    expect(await outcomes()).toEqual(['waiting']);
    const late = scene.on.unrendered([d], v);
    await scene.handle(scene.on.rendered([d], v));
    await scene.handle(late);
    expect(await outcomes()).toEqual(['waiting']);
  });

  it('is waiting again when it is selected again, until that is rendered', async () => {
    const [d] = (await rolling(null, 1)) as [string];
    await scene.handle(...scene.updated(v, d));
    const { on } = scene;
    const labels = on.relabelled(d, { rack: '7' });
    await scene.handle(labels, on.matched([d], f, labels.event.version));
    expect(await outcomes()).toEqual(['waiting']);
    await scene.handle(on.rendered([d], v, 1));
    expect(await outcomes()).toEqual(['updated']);
  });
});

describe('a batch', () => {
  it('is not held up by an offline device beyond the time-out', async () => {
    const [d, e, g] = (await rolling(half({ defaultUpdateTimeout: '10m' }), 3)) as [
      ...[string, string, string],
    ];
    expect(typesOf(await scene.settle(...scene.updated(v, d)))).toEqual([
      ...goesOn,
      devicesSelected.type,
    ]);
    await scene.later('11 minutes');
    const said = await scene.ringAll();
    const failed = said.filter(({ type }) => type === devicesTimedOut.type);
    const members = failed.flatMap(({ data }) => data['members'] as { device: string }[]);
    expect(members.map(({ device }) => device)).toEqual([e, g]);
    expect(said.slice(failed.length)).toMatchObject([
      { type: batchCompleted.type, data: { batch: 2, devices: 1, updated: 0, failed: 1 } },
      { type: rolloutCompleted.type, data: { devices: 3, updated: 1, failed: 2 } },
    ]);
    expect(await rolloutRow()).toMatchObject({ state: 'completed' });
  });

  it('stands still below its threshold when its devices have ended, and says why', async () => {
    const devices = await rolling(half(), 6);
    await scene.handle(scene.on.unrendered(devices.slice(0, 2), v));
    expect(await rolloutRow()).toMatchObject({ state: 'active' });
    await scene.later('25 hours');
    const said = await scene.ring();
    const message = 'batch 1: 3 of 3 devices failed, and 50 % must be updated';
    expect(said.slice(1)).toMatchObject([
      {
        type: rolloutWaiting.type,
        data: {
          reason: 'SuccessThreshold',
          message,
          batch: 1,
          devices: 3,
          updated: 0,
          failed: 3,
          threshold: 50,
        },
      },
    ]);
    expect(await rolloutRow()).toEqual({ state: 'waiting', reason: 'SuccessThreshold', message });
    expect(
      await scene.row(
        `select r.wait_reason as reason, r.batch, b.threshold, b.failed as batch_failed,
           r.wait_since is not null as since
         from rollout.shown_rollouts r join rollout.shown_batches b using (org, rollout, batch)`,
      ),
    ).toEqual({
      ...{ reason: 'SuccessThreshold', batch: 1, threshold: 50, batch_failed: 3, since: true },
    });
    expect(await scene.selectOn()).toEqual([]);
    expect(await scene.handle(...scene.updated(v, devices[0]!))).toEqual([]);
    expect(await rolloutRow()).toMatchObject({ state: 'waiting' });
    const moved = await scene.settle(...scene.updated(v, devices[1]!));
    expect(typesOf(moved)).toEqual([...goesOn, devicesSelected.type]);
    expect(await rolloutRow()).toEqual({ state: 'active', reason: null, message: null });
  });

  it('that stands still is superseded by a new version', async () => {
    const [d] = (await rolling(half(), 2)) as [string];
    expect(typesOf(await scene.handle(scene.on.unrendered([d], v)))).toEqual([rolloutWaiting.type]);
    const said = await scene.settle(scene.on.version(w, f, 2));
    expect(typesOf(said)).toEqual([
      ...[rolloutSuperseded.type, rolloutStarted.type, batchDispatched.type],
      devicesSelected.type,
    ]);
    expect(
      await scene.postgres.query('select state from rollout.rollouts order by started_at'),
    ).toEqual([{ state: 'superseded' }, { state: 'active' }]);
  });
});

describe('the error threshold', () => {
  it('stops the rollout when more failed, and nothing is dispatched any more', async () => {
    const policy = { ...inBatches({ limit: '50%' }), errorThreshold: '40%' };
    const devices = await rolling(policy, 10);
    expect(await scene.handle(scene.on.unrendered(devices.slice(0, 2), v))).toEqual([]);
    const said = await scene.handle(scene.on.unrendered([devices[2]!], v));
    const message = '3 of 5 devices failed, more than 40 %';
    expect(said).toMatchObject([
      {
        type: rolloutStopped.type,
        data: { reason: 'ErrorThreshold', message, devices: 5, updated: 0, failed: 3 },
      },
    ]);
    expect(await rolloutRow()).toEqual({ state: 'stopped', reason: 'ErrorThreshold', message });
    const late = uids(1);
    expect(await scene.settle(scene.on.device(late[0]!), scene.on.matched(late, f))).toEqual([]);
    expect(await scene.settle(...scene.updated(v, ...devices.slice(0, 5)))).toEqual([]);
    const next = await scene.settle(scene.on.version(w, f, 2));
    expect(next[0]).toMatchObject({ type: rolloutStarted.type, data: { templateVersion: w } });
  });

  it('counts devices that time out, and stops an immediate rollout too', async () => {
    await rolling({ errorThreshold: '50%' }, 3);
    await scene.later('25 hours');
    expect(typesOf(await scene.ring())).toEqual([devicesTimedOut.type, rolloutStopped.type]);
  });

  it('is none by default', async () => {
    const devices = await rolling(null, 4);
    const said = await scene.handle(scene.on.unrendered(devices, v));
    expect(typesOf(said)).toEqual([rolloutCompleted.type]);
    expect(said[0]?.data).toMatchObject({ devices: 4, failed: 4 });
  });
});

describe('two replicas', () => {
  it('count each device once', async () => {
    const [d, e] = (await rolling(half({ defaultUpdateTimeout: '10m' }), 4)) as [string, string];
    await scene.handle(scene.on.rendered([d, e], v));
    const said = await scene.harness.sideBySide(
      scene.task,
      [scene.on.reported(d, 1)],
      [scene.on.reported(e, 1)],
    );
    expect(typesOf(said)).toEqual(goesOn);
    expect(await counts()).toEqual({ held: 0, waiting: 0, updated: 2, failed: 0 });
  });
});

it('a device that moves to another fleet counts there, and no more in the one that it left', async () => {
  const [d, e] = (await rolling(null, 2)) as [string, string];
  const g = newUid();
  await scene.settle(scene.on.fleet(g), scene.on.version(w, g));
  const said = await scene.settle(scene.on.matched([d], g));
  expect(selectedIn(said)).toEqual([d]);
  const rows = await scene.postgres.query(
    'select fleet, waiting from rollout.rollouts order by started_at',
  );
  expect(rows).toEqual([
    { fleet: f, waiting: 1 },
    { fleet: g, waiting: 0 },
  ]);
  expect(typesOf(await scene.handle(...scene.updated(v, e)))).toEqual([rolloutCompleted.type]);
  expect(typesOf([...said])).not.toEqual(ended);
});
