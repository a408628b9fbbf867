import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import {
  batchCompleted,
  batchDispatched,
  devicesSelected,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  type Delivered,
  type Labels,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf, type given } from '../test/given.js';
import { Scene, uids, type Harness } from '../test/scene.js';

let scene: Scene;
let harness: Harness;
let on: ReturnType<typeof given>;

beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(async () => {
  await scene.reset();
  ({ harness, on } = scene);
});
afterAll(() => scene?.close());

const settle = (...events: Delivered[]) => scene.settle(...events);
const canary = inBatches({ selector: { matchLabels: { canary: 'yes' } }, limit: 1 });
const [f, v] = [newUid(), newUid()];
const ended = [batchCompleted.type, rolloutCompleted.type];

/** The fleet `f` with these devices; the first two bear the canary's label. */
const members = (policy: RolloutPolicy | null, devices: string[]) =>
  scene.members(f, policy, devices, (place): Labels => (place < 2 ? { canary: 'yes' } : {}));
const updated = (...devices: string[]) => scene.updated(v, ...devices);

describe('a rollout in batches', () => {
  it('fleet rollout wakes on rollout batch dispatched, and goes from batch to batch', async () => {
    const devices = uids(4);
    await harness.handle(...members(canary, devices));
    const [started] = await harness.handle(on.version(v, f));
    const [announced] = await harness.handle(...on.heard([started!]));
    expect(announced).toMatchObject({ type: batchDispatched.type, data: { batch: 1 } });
    const first = await harness.handle(...on.heard([announced!]));
    expect(first).toMatchObject([
      { type: devicesSelected.type, data: { batch: 1, members: [{ device: devices[0] }] } },
    ]);
    const second = await harness.handle(...updated(devices[0]!));
    expect(second).toMatchObject([
      { type: batchCompleted.type, data: { batch: 1, devices: 1, updated: 1, failed: 0 } },
      { type: batchDispatched.type, data: { batch: 2 } },
    ]);
    expect(selectedIn(await settle(...on.heard(second)))).toEqual(devices.slice(1));
    expect(await harness.handle(...updated(devices[1]!, devices[2]!))).toEqual([]);
    expect(typesOf(await harness.handle(...updated(devices[3]!)))).toEqual(ended);
    const rows = await scene.postgres.query<Record<string, boolean>>(
      `select announced_at is not null and dispatched_at is not null
         and completed_at is not null as through from rollout.batches`,
    );
    expect(rows).toEqual([{ through: true }, { through: true }]);
  });

  it('dispatches a batch once, whoever says it again', async () => {
    const devices = uids(3);
    await harness.handle(...members(canary, devices));
    const said = await settle(on.version(v, f));
    const again = on.heard(said.filter(({ type }) => type !== devicesSelected.type));
    expect(again).toHaveLength(2);
    expect(await harness.handle(...again)).toEqual([]);
    expect(await harness.handle(on.version(v, f))).toEqual([]);
  });

  it('selects nobody for a batch of a superseded rollout', async () => {
    await harness.handle(...members(canary, uids(3)));
    const said = await harness.handle(on.version(v, f));
    const announced = await harness.handle(...on.heard(said));
    await harness.handle(on.version(newUid(), f, 2));
    expect(await harness.handle(...on.heard(announced))).toEqual([]);
  });

  it('holds the next batch back below the threshold, and a deletion can reach it', async () => {
    const devices = uids(4);
    const half = inBatches({ limit: '75%', successThreshold: '67%' });
    await settle(...members(half, devices), on.version(v, f));
    expect(await harness.handle(...updated(devices[0]!))).toEqual([]);
    expect(await harness.handle(on.gone(devices[3]!))).toEqual([]);
    expect(await harness.handle(on.gone(devices[1]!))).toEqual([]);
    expect(await harness.handle(on.gone(devices[2]!))).toMatchObject([
      { type: batchCompleted.type, data: { batch: 1, devices: 1, updated: 1, threshold: 67 } },
      { type: batchDispatched.type, data: { batch: 2 } },
    ]);
  });

  it('keeps the policy that it started with', async () => {
    const devices = uids(3);
    await settle(...members(canary, devices), on.version(v, f));
    await harness.handle(on.repoliced(f, null));
    expect(selectedIn(await settle(...updated(devices[0]!)))).toEqual(devices.slice(1));
    const [next] = await harness.handle(on.version(newUid(), f, 2));
    expect(next?.data).toMatchObject({ reason: 'NewTemplateVersion' });
    const [start] = (await harness.handle(on.version(newUid(), f, 3))).slice(1);
    expect(start).toMatchObject({ type: rolloutStarted.type, data: { strategy: 'Immediate' } });
  });

  it('goes through empty batches at once', async () => {
    const policy = inBatches({ selector: { matchLabels: { canary: 'no' } } }, { limit: '1%' });
    const said = await settle(on.fleet(f, policy), on.version(v, f));
    const begun = said.filter(({ type }) => type === batchDispatched.type);
    expect(begun.map(({ data }) => data['batch'])).toEqual([1, 2, 3]);
    expect(said.at(-1)?.type).toBe(rolloutCompleted.type);
  });

  it('lets a new device wait for the last batch, and selects a relabelled one again', async () => {
    const [d, e, late, last] = uids(4) as [string, string, string, string];
    await settle(...members(canary, [d, e]), on.version(v, f));
    expect(await harness.handle(on.device(late), on.matched([late], f))).toEqual([]);
    const labels = on.relabelled(d, { canary: 'yes', rack: '7' });
    const said = await harness.handle(labels, on.matched([d], f, labels.event.version));
    expect(said).toMatchObject([{ data: { batch: 1, members: [{ device: d }] } }]);
    expect(selectedIn(await settle(...updated(d)))).toEqual([e, late]);
    const joined = await harness.handle(on.device(last), on.matched([last], f));
    expect(joined).toMatchObject([{ data: { batch: 2, members: [{ device: last }] } }]);
    expect(await harness.handle(...updated(e, late))).toEqual([]);
    expect(typesOf(await harness.handle(...updated(last)))).toEqual(ended);
  });

  it('says a batch of more than a thousand devices in several events', async () => {
    const devices = uids(2_001);
    const created = devices.map((uid) => on.device(uid));
    await harness.handle(on.fleet(f), ...created, on.matched(devices, f));
    const said = (await settle(on.version(v, f))).slice(1);
    expect(said.map(({ data }) => (data['members'] as unknown[]).length)).toEqual([
      1_000, 1_000, 1,
    ]);
    expect(selectedIn(said)).toEqual(devices);
  });
});

describe('late, again, and side by side', () => {
  it('an event that is delivered again has no second effect', async () => {
    const devices = uids(2);
    const all = [...members(null, devices), on.version(v, f)];
    await settle(...all, ...updated(...devices));
    expect(await harness.handle(...all)).toEqual([]);
  });

  it('an older event that arrives later changes nothing', async () => {
    const [d] = uids(1) as [string];
    await harness.handle(on.fleet(newUid(), null, { sequence: 100 }));
    await settle(...members(null, [d]), on.version(v, f));
    await harness.handle(on.rendered([d], v, 4), on.reported(d, 3));
    await harness.handle(on.reported(d, 9, { sequence: 50 }));
    await harness.handle(on.matched([d], null, 1, { sequence: 51 }));
    await harness.handle(on.device(d, { site: 'old' }, { sequence: 52 }));
    const rows = await scene.postgres.query(
      'select owner, reported_version, labels from rollout.devices',
    );
    expect(rows).toEqual([{ owner: f, reported_version: 3, labels: { canary: 'yes' } }]);
  });

  it('two replicas complete a rollout once', async () => {
    const [d, e] = uids(2) as [string, string];
    await settle(...members(null, [d, e]), on.version(v, f));
    await harness.handle(on.rendered([d, e], v));
    const said = await harness.sideBySide(scene.task, [on.reported(d, 1)], [on.reported(e, 1)]);
    expect(typesOf(said)).toEqual([rolloutCompleted.type]);
  });

  it('a device that comes while a replica selects the fleet is not passed over', async () => {
    const [d, e] = uids(2) as [string, string];
    await harness.handle(...members(null, [d]), on.device(e));
    const start = on.heard(await harness.handle(on.version(v, f)));
    const said = await harness.sideBySide(scene.task, start, [on.matched([e], f)]);
    expect(selectedIn(said)).toEqual([d, e]);
  });

  it('a device that leaves while a replica selects the fleet keeps no target', async () => {
    const [d] = uids(1) as [string];
    await harness.handle(...members(null, [d]));
    const start = on.heard(await harness.handle(on.version(v, f)));
    await harness.sideBySide(scene.task, start, [on.matched([d], null)]);
    expect(await scene.postgres.query('select target from rollout.devices')).toEqual([
      { target: null },
    ]);
  });
});
