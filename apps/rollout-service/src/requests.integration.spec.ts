import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import {
  batchCompleted,
  batchDispatched,
  newUid,
  rolloutStarted,
  rolloutStopped,
  rolloutSuperseded,
  rolloutWaiting,
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
describe('approval', () => {
  const policy: RolloutPolicy = {
    ...inBatches({ limit: 1, approval: 'Automatic' }, { limit: 1 }),
    approval: 'Manual',
  };

  it('is waited for by each batch that needs it, and said once', async () => {
    const { devices, rollout } = await rolling(policy);
    const said = await scene.settle(...scene.updated(v, devices[0]!));
    expect(said).toMatchObject([
      { type: batchCompleted.type, data: { batch: 1 } },
      { type: rolloutWaiting.type, data: { reason: 'Approval', batch: 2 } },
    ]);
    expect(await shown('state, batch, wait_reason')).toEqual({
      ...{ state: 'waiting', batch: 2, wait_reason: 'Approval' },
    });
    expect(await scene.selectOn()).toEqual([]);
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
    const next = await scene.settle(on.asked('approve', rollout, f, 2));
    expect(typesOf(next)[0]).toBe(batchDispatched.type);
    expect(selectedIn(next)).toEqual([devices[1]]);
    expect(await shown('state, wait_reason')).toEqual({ state: 'active', wait_reason: 'Devices' });
  });

  it('can be given ahead, and does not reach further', async () => {
    const { devices, rollout } = await rolling(policy);
    await scene.settle(on.asked('approve', rollout, f, 2));
    const second = await scene.settle(...scene.updated(v, devices[0]!));
    expect(selectedIn(second)).toEqual([devices[1]]);
    const last = await scene.settle(...scene.updated(v, devices[1]!));
    expect(last.at(-1)).toMatchObject({ data: { reason: 'Approval', batch: 3 } });
  });

  it('is waited for by the first batch, and by a rollout without batches', async () => {
    const { devices, rollout, said } = await rolling({ approval: 'Manual' });
    expect(typesOf(said)).toEqual([rolloutStarted.type, rolloutWaiting.type]);
    expect(selectedIn(await scene.settle(on.asked('approve', rollout, f, 1)))).toEqual(devices);
  });

  it('that comes while nothing is dispatched holds afterwards', async () => {
    const { devices, rollout } = await rolling({ approval: 'Manual' });
    await scene.settle(on.dispatching(true));
    expect(await scene.settle(on.asked('approve', rollout, f, 1))).toEqual([]);
    expect(await scene.sweep()).toMatchObject({ found: 0 });
    await scene.settle(on.dispatching(false));
    expect(selectedIn(await scene.selectOn())).toEqual(devices);
  });

  it('whose begin was missed is found by the sweep', async () => {
    const { devices } = await rolling({ approval: 'Manual' });
    await scene.postgres.query('update rollout.rollouts set approved = 1');
    const { found, said } = await scene.sweep();
    expect([found, selectedIn(said)]).toEqual([1, devices]);
    expect(await scene.sweep()).toMatchObject({ found: 0 });
  });

  it('is of no use to a rollout that was superseded', async () => {
    const { rollout } = await rolling({ approval: 'Manual' });
    await scene.settle(on.version(w, f, 2));
    expect(await scene.settle(on.asked('approve', rollout, f, 1))).toEqual([]);
  });
});

describe('a pause', () => {
  it('lets no batch begin, and says who paused and since when', async () => {
    const { devices, rollout } = await rolling(halves);
    await scene.settle(on.asked('pause', rollout, f));
    expect(await scene.settle(...scene.updated(v, devices[0]!, devices[1]!))).toEqual([]);
    expect(await shown('wait_reason, halt_reason, wait_since is not null as since')).toEqual({
      ...{ wait_reason: 'Paused', halt_reason: 'because', since: true },
    });
    expect(await scene.selectOn()).toEqual([]);
    expect(await scene.sweep()).toEqual({ found: 0, said: [] });
    const said = await scene.settle(on.asked('resume', rollout, f));
    expect(selectedIn(said)).toEqual(devices.slice(2));
  });

  it('holds devices that come, until it is over', async () => {
    const { rollout } = await rolling(null);
    await scene.settle(on.asked('pause', rollout, f));
    const late = newUid();
    expect(await scene.settle(on.device(late), on.matched([late], f))).toEqual([]);
    expect(
      await scene.row('select device, outcome from rollout.shown_devices where outcome = $$held$$'),
    ).toEqual({
      ...{ device: late, outcome: 'held' },
    });
    expect(await scene.sweep()).toMatchObject({ found: 0 });
    expect(selectedIn(await scene.settle(on.asked('resume', rollout, f)))).toEqual([late]);
  });

  it('of which the resume came first changes nothing, also when it comes again', async () => {
    const { devices, rollout } = await rolling(halves);
    const [pause, resume] = [on.asked('pause', rollout, f), on.asked('resume', rollout, f)];
    await scene.settle(resume);
    await scene.settle(pause);
    const said = await scene.settle(...scene.updated(v, devices[0]!, devices[1]!));
    expect(selectedIn(said)).toEqual(devices.slice(2));
  });

  it('before the first device is selected stops the selection too', async () => {
    const devices = uids(2);
    await scene.handle(...scene.members(f, halves, devices));
    const said = await scene.handle(on.version(v, f));
    const rollout = said[0]!.subject;
    await scene.handle(on.asked('pause', rollout, f));
    expect(await scene.settle(...on.heard(said))).toEqual([]);
    expect(await scene.selectOn()).toEqual([]);
    expect(selectedIn(await scene.settle(on.asked('resume', rollout, f)))).toEqual([devices[0]]);
  });
});

describe('an abort', () => {
  it('ends the rollout: devices keep what they have, and the next version rolls', async () => {
    const { devices, rollout } = await rolling(halves);
    const said = await scene.settle(on.asked('abort', rollout, f));
    expect(said).toMatchObject([
      { type: rolloutStopped.type, data: { reason: 'Aborted', devices: 2, updated: 0 } },
    ]);
    expect(await scene.settle(...scene.updated(v, devices[0]!, devices[1]!))).toEqual([]);
    expect(await scene.settle(on.asked('abort', rollout, f))).toEqual([]);
    const next = await scene.settle(on.version(w, f, 2));
    expect(typesOf(next)).toContain(rolloutStarted.type);
  });

  it('ends also what waits for approval', async () => {
    const { rollout } = await rolling({ approval: 'Manual' });
    const said = await scene.settle(on.asked('abort', rollout, f));
    expect(said).toMatchObject([{ type: rolloutStopped.type, data: { reason: 'Aborted' } }]);
  });
});

describe('a wish for a template version', () => {
  it('rolls an earlier one out, which stays until the template changes', async () => {
    const { devices } = await rolling(null, 2);
    await scene.settle(on.version(w, f, 2));
    const back = await scene.settle(on.wished(f, v, { generation: 2 }));
    expect(typesOf(back).slice(0, 2)).toEqual([rolloutSuperseded.type, rolloutStarted.type]);
    expect(back[0]?.data).toMatchObject({ reason: 'Requested' });
    expect(selectedIn(back)).toEqual(devices);
    expect(await scene.settle(on.version(newUid(), f, 2))).toEqual([]);
    const newer = newUid();
    const forward = await scene.settle(on.version(newer, f, 3));
    expect(forward.find(({ type }) => type === rolloutStarted.type)?.data).toMatchObject({
      templateVersion: newer,
    });
  });

  it('for the newest one again begins a rollout, and takes an earlier wish back', async () => {
    const { devices } = await rolling(halves);
    await scene.settle(on.version(w, f, 2), on.wished(f, v, { generation: 2 }));
    const said = await scene.settle(on.wished(f, null, { generation: 2 }));
    expect(said.find(({ type }) => type === rolloutStarted.type)?.data).toMatchObject({
      ...{ templateVersion: w, strategy: 'BatchSequence' },
    });
    expect(selectedIn(said)).toEqual(devices.slice(0, 2));
  });

  it('can do without batches, and not without the budget', async () => {
    const { devices } = await rolling({ ...halves, disruptionBudget: { maxUnavailable: 3 } });
    await scene.settle(...scene.updated(v, devices[0]!, devices[1]!));
    const said = await scene.settle(on.wished(f, v, { immediate: true }));
    expect(said.find(({ type }) => type === rolloutStarted.type)?.data).toMatchObject({
      strategy: 'Immediate',
      plan: { disruptionBudget: { maxUnavailable: 3 } },
    });
  });

  it('begins one rollout, however often it comes', async () => {
    await rolling(null);
    const wish = on.wished(f, null);
    expect(typesOf(await scene.settle(wish))).toContain(rolloutStarted.type);
    expect(await scene.settle(wish)).toEqual([]);
    expect(await scene.sweep()).toMatchObject({ found: 0 });
  });
});
