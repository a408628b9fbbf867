import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import {
  batchCompleted,
  batchDispatched,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  rolloutSuperseded,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf, type given } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

let scene: Scene;
let on: ReturnType<typeof given>;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(async () => {
  await scene.reset();
  on = scene.on;
});
afterAll(() => scene?.close());

const [f, v, w] = [newUid(), newUid(), newUid()];
const halves = inBatches({ limit: '50%', successThreshold: '100%' });

const rolling = (policy: RolloutPolicy | null, count?: number) =>
  scene.rolling({ fleet: f, version: v }, policy, count);
const shown = (columns: string) => scene.shown(columns);
/** A second later for all that was selected: what fails now is older than a wish that comes now. */
const aMomentLater = () =>
  scene.postgres.query(
    `update rollout.devices set selected_at = selected_at - interval '1 second'`,
  );

describe('a retry', () => {
  it('selects the failed devices again, and the batch goes on', async () => {
    const { devices, rollout } = await rolling(halves);
    const [d, e] = devices as [string, string];
    await scene.settle(...scene.updated(v, d), on.unrendered([e], v));
    expect(await shown('state')).toEqual({ state: 'waiting' });
    await aMomentLater();
    const again = await scene.settle(on.asked('retry', rollout, f));
    expect(selectedIn(again)).toEqual([e]);
    expect(await shown('state, waiting, updated, failed')).toEqual({
      ...{ state: 'active', waiting: 1, updated: 1, failed: 0 },
    });
    expect(typesOf(await scene.settle(...scene.updated(v, e)))).toContain(batchDispatched.type);
  });

  it('opens a completed rollout again, with right counts, and completes it again', async () => {
    const { devices, rollout } = await rolling(null, 3);
    const [d, e, g] = devices as [string, string, string];
    await scene.settle(...scene.updated(v, d), on.unrendered([e, g], v));
    await scene.settle(on.gone(g));
    await aMomentLater();
    expect(selectedIn(await scene.settle(on.asked('retry', rollout, f)))).toEqual([e]);
    expect(await shown('state, waiting, updated, failed')).toEqual({
      ...{ state: 'active', waiting: 1, updated: 1, failed: 0 },
    });
    const said = await scene.settle(...scene.updated(v, e));
    expect(said).toMatchObject([
      { type: rolloutCompleted.type, data: { devices: 2, updated: 2, failed: 0 } },
    ]);
  });

  it('waits for the disruption budget, and for the end of a pause', async () => {
    const disruptionBudget = { maxUnavailable: 1 };
    const { devices, rollout } = await rolling({ ...halves, disruptionBudget });
    await scene.settle(on.unrendered([devices[0]!], v));
    await scene.settle(on.unrendered([devices[1]!], v));
    await aMomentLater();
    await scene.settle(on.asked('retry', rollout, f), on.asked('pause', rollout, f));
    expect(await shown('held, wait_reason')).toEqual({ held: 2, wait_reason: 'Paused' });
    const said = await scene.settle(on.asked('resume', rollout, f));
    expect(selectedIn(said)).toEqual([devices[0]]);
  });

  it('leaves nothing for the loop when nothing failed, and nothing of an ended rollout', async () => {
    const { rollout } = await rolling(null);
    await scene.settle(on.asked('retry', rollout, f));
    expect(await scene.selectOn()).toEqual([]);
    await scene.settle(on.version(w, f, 2));
    await scene.settle(on.asked('retry', rollout, f));
    expect(await scene.selectOn()).toEqual([]);
  });
});

describe('an organisation in which nothing is dispatched', () => {
  it('selects nobody: no batch, no device that comes, none with new labels', async () => {
    const { devices } = await rolling(halves);
    await scene.settle(on.dispatching(true));
    const late = newUid();
    await scene.settle(on.device(late), on.matched([late], f));
    await scene.settle(on.relabelled(devices[0]!, { a: 'b' }));
    expect(await scene.settle(on.matched([devices[0]!], f, 2))).toEqual([]);
    expect(await scene.settle(...scene.updated(v, devices[1]!))).toEqual([]);
    expect(await scene.settle(on.version(w, f, 2))).toMatchObject([
      { type: rolloutSuperseded.type },
      { type: rolloutStarted.type },
    ]);
    expect(await scene.selectOn()).toEqual([]);
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
    expect(await shown('wait_reason, halt_reason')).toEqual({
      ...{ wait_reason: 'Frozen', halt_reason: 'because' },
    });
  });

  it('goes on where it was, in all fleets', async () => {
    const { devices } = await rolling(halves);
    await scene.settle(on.rendered([devices[0]!], v), on.dispatching(true));
    await scene.settle(on.relabelled(devices[0]!, { a: 'b' }), on.matched([devices[0]!], f, 2));
    await scene.settle(...scene.updated(v, devices[1]!));
    expect(await scene.settle(on.dispatching(false))).toEqual([]);
    expect(selectedIn(await scene.selectOn())).toEqual([devices[0]]);
    expect(await scene.row('select resuming from rollout.fleets')).toEqual({ resuming: false });
    const on2 = [on.rendered([devices[0]!], v, 2), on.reported(devices[0]!, 2)];
    expect(selectedIn(await scene.settle(...on2))).toEqual(devices.slice(2));
  });

  it('goes on when its batch reached the threshold meanwhile', async () => {
    const { devices } = await rolling(halves);
    await scene.settle(on.dispatching(true));
    await scene.settle(...scene.updated(v, devices[0]!, devices[1]!));
    await scene.settle(on.dispatching(false));
    const said = await scene.selectOn();
    expect(typesOf(said).slice(0, 2)).toEqual([batchCompleted.type, batchDispatched.type]);
    expect(selectedIn(said)).toEqual(devices.slice(2));
  });
});

describe('silent devices', () => {
  it('are left to the last batch, and taken by an earlier one when they are back', async () => {
    const devices = uids(5) as [string, string, string, string, string];
    const policy = inBatches({ limit: 2 }, { limit: 1 });
    await scene.handle(...scene.members(f, policy, devices));
    await scene.handle(on.connection(false, devices[0], devices[1], devices[3]));
    const first = await scene.settle(on.version(v, f));
    expect(selectedIn(first)).toEqual([devices[2], devices[4]]);
    await scene.handle(on.connection(true, devices[3]));
    const second = await scene.settle(...scene.updated(v, devices[2], devices[4]));
    expect(selectedIn(second)).toEqual([devices[3]]);
    const last = await scene.settle(...scene.updated(v, devices[3]));
    expect(selectedIn(last)).toEqual([devices[0], devices[1]]);
  });

  it('are what was said last, in whatever order it comes', async () => {
    const [d] = uids(1) as [string];
    const [gone, back] = [on.connection(false, d), on.connection(true, d)];
    await scene.handle(back);
    await scene.handle(gone);
    expect(await scene.row('select connected from rollout.devices')).toEqual({ connected: true });
  });
});
