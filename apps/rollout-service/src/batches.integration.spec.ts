import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  batchDispatched,
  devicesSelected,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  type Delivered,
  type Labels,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { BatchUnit } from '@skein/task';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { given, inBatches, newTask, selectedIn, settleAll, typesOf } from '../test/given.js';
import { RolloutConsumer } from './rollout.consumer.js';
import { RolloutSweep } from './rollout.sweep.js';
import type { RolloutTask } from './rollout.task.js';
import { RolloutView } from './rollout.view.js';

let database: MigratedDatabase;
let postgres: Postgres;
let unit: BatchUnit;
let task: RolloutTask;
let harness: ConsumerHarness;
let on: ReturnType<typeof given>;

beforeAll(async () => {
  database = await migratedDatabase(['rollout']);
  postgres = await Postgres.open({ url: database.urlOf('rollout'), applicationName: 'test' });
});

beforeEach(async () => {
  for (const table of ['devices', 'fleets', 'rollouts', 'batches', 'inbox']) {
    await postgres.query(`delete from rollout.${table}`);
  }
  const log = await EventLog.open(postgres, 'rollout', () => undefined);
  task = newTask();
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  unit = new BatchUnit(log, new ConsumerLog(postgres, 'rollout'), task, settings);
  const consumer = new RolloutConsumer(new RolloutView());
  harness = consumerHarness({ ...database, postgres, consumer, unit });
  on = given(harness.event);
  await harness.appended();
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const settle = (...events: Delivered[]) => settleAll(harness, on, events);
const uids = (count: number) => Array.from({ length: count }, () => newUid()).sort();
const canary = inBatches({ selector: { matchLabels: { canary: 'yes' } }, limit: 1 });
const [f, v] = [newUid(), newUid()];

/** The fleet `f` with these devices; the first two bear the canary's label. */
function members(policy: RolloutPolicy | null, devices: string[]): Delivered[] {
  const labels = (index: number): Labels => (index < 2 ? { canary: 'yes' } : {});
  const created = devices.map((uid, index) => on.device(uid, labels(index)));
  return [on.fleet(f, policy), ...created, on.matched(devices, f)];
}
const updated = (...devices: string[]) => [
  on.rendered(devices, v),
  ...devices.map((uid) => on.reported(uid, 1)),
];
const sweep = async () => {
  let found = 0;
  await unit.sweep(async (batch) => {
    await new RolloutSweep().find(batch);
    found = batch.size;
  });
  return { found, said: await harness.appended() };
};

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
    expect(second).toMatchObject([{ type: batchDispatched.type, data: { batch: 2 } }]);
    expect(selectedIn(await settle(...on.heard(second)))).toEqual(devices.slice(1));
    expect(await harness.handle(...updated(devices[1]!, devices[2]!))).toEqual([]);
    expect(typesOf(await harness.handle(...updated(devices[3]!)))).toEqual([rolloutCompleted.type]);
    const rows = await postgres.query<Record<string, boolean>>(
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
    expect(await harness.handle(on.gone(devices[2]!))).toMatchObject([{ data: { batch: 2 } }]);
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
    expect(said.map(({ data }) => data['batch'])).toEqual([undefined, 1, 2, 3, undefined]);
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
    expect(typesOf(await harness.handle(...updated(last)))).toEqual([rolloutCompleted.type]);
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
    const rows = await postgres.query(
      'select owner, reported_version, labels from rollout.devices',
    );
    expect(rows).toEqual([{ owner: f, reported_version: 3, labels: { canary: 'yes' } }]);
  });

  it('two replicas complete a rollout once', async () => {
    const [d, e] = uids(2) as [string, string];
    await settle(...members(null, [d, e]), on.version(v, f));
    await harness.handle(on.rendered([d, e], v));
    const said = await harness.sideBySide(task, [on.reported(d, 1)], [on.reported(e, 1)]);
    expect(typesOf(said)).toEqual([rolloutCompleted.type]);
  });

  it('a device that comes while a replica selects the fleet is not passed over', async () => {
    const [d, e] = uids(2) as [string, string];
    await harness.handle(...members(null, [d]), on.device(e));
    const start = on.heard(await harness.handle(on.version(v, f)));
    const said = await harness.sideBySide(task, start, [on.matched([e], f)]);
    expect(selectedIn(said)).toEqual([d, e]);
  });

  it('a device that leaves while a replica selects the fleet keeps no target', async () => {
    const [d] = uids(1) as [string];
    await harness.handle(...members(null, [d]));
    const start = on.heard(await harness.handle(on.version(v, f)));
    await harness.sideBySide(task, start, [on.matched([d], null)]);
    expect(await postgres.query('select target from rollout.devices')).toEqual([{ target: null }]);
  });
});

describe('the sweep', () => {
  it('finds nothing in a healthy rollout', async () => {
    const devices = uids(3);
    const waiting = await settle(...members(canary, devices), on.version(v, f));
    expect(waiting).not.toEqual([]);
    expect(await sweep()).toEqual({ found: 0, said: [] });
    await settle(...updated(...devices));
    expect(await sweep()).toEqual({ found: 0, said: [] });
  });

  it('selects for a batch that nobody heard of, and devices that were passed over', async () => {
    const [d, e] = uids(2) as [string, string];
    await harness.handle(...members(null, [d]), on.version(v, f));
    expect(await sweep()).toEqual({ found: 0, said: [] });
    await postgres.query(`update rollout.rollouts set started_at = now() - interval '31 seconds'`);
    expect(selectedIn((await sweep()).said)).toEqual([d]);
    await harness.handle(on.device(e));
    await postgres.query(`update rollout.devices set owner = $1, matched_labels_version = 1`, [f]);
    expect(selectedIn((await sweep()).said)).toEqual([e]);
  });

  it('ends a batch that is complete', async () => {
    const devices = uids(3);
    await settle(...members(canary, devices), on.version(v, f));
    await postgres.query(
      'update rollout.devices set rendered_template_version = target, rendered_version = 1, reported_version = 1',
    );
    const { said } = await sweep();
    expect(said).toMatchObject([{ type: batchDispatched.type, data: { batch: 2 } }]);
  });
});
