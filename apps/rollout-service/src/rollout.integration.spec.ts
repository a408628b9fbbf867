import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsumerLog, EventLog } from '@skein/event-log';
import {
  devicesSelected,
  newUid,
  rolloutCompleted,
  rolloutStarted,
  rolloutSuperseded,
  type Delivered,
} from '@skein/events';
import { migratedDatabase, type MigratedDatabase } from '@skein/migrate';
import { Postgres } from '@skein/postgres';
import { BatchUnit } from '@skein/task';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { given, inBatches, newTask, selectedIn, settleAll, typesOf } from '../test/given.js';
import { Requests } from './requests.js';
import { RolloutConsumer } from './rollout.consumer.js';
import { RolloutView } from './rollout.view.js';

let database: MigratedDatabase;
let postgres: Postgres;
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
  const settings = { retryLimit: 1, retryBaseMs: 1 };
  const unit = new BatchUnit(log, new ConsumerLog(postgres, 'rollout'), newTask(), settings);
  const consumer = new RolloutConsumer(new RolloutView(), new Requests());
  harness = consumerHarness({ ...database, postgres, consumer, unit });
  on = given(harness.event);
  await harness.appended();
});

afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

const settle = (...events: Delivered[]) => settleAll(harness, on, events);
const targets = async () => {
  const rows = await postgres.query<{ device: string; target: string | null }>(
    'select device, target from rollout.devices order by device',
  );
  return new Map(rows.map(({ device, target }) => [device, target]));
};
const states = async () =>
  (
    await postgres.query<{ state: string; reason: string | null }>(
      'select state, reason from rollout.rollouts order by started_at, rollout',
    )
  ).map(({ state, reason }) => (reason ? `${state} ${reason}` : state));

/** A fleet whose first version runs on these devices. */
async function running(f: string, v: string, ...devices: string[]): Promise<void> {
  await settle(on.fleet(f), ...devices.map((d) => on.device(d)), on.version(v, f));
  await settle(on.matched(devices, f));
  await settle(on.rendered(devices, v), ...devices.map((d) => on.reported(d, 1)));
}

const uids = <Count extends number>(count: Count) =>
  Array.from({ length: count }, () => newUid()) as string[] & { length: Count };

describe('what wakes it', () => {
  it('fleet rollout wakes on template version created, and on rollout started when immediate', async () => {
    const [f, v, d] = uids(3);
    await harness.handle(on.fleet(f!), on.device(d!), on.matched([d!], f!));
    const created = on.version(v!, f!);
    const said = await harness.handle(created);
    expect(said).toMatchObject([
      {
        type: rolloutStarted.type,
        causationid: created.event.id,
        data: { fleet: f, templateVersion: v, strategy: 'Immediate' },
      },
    ]);
    const [started] = on.heard(said);
    expect(await harness.handle(started!)).toMatchObject([
      {
        type: devicesSelected.type,
        subject: said[0]!.subject,
        causationid: started!.event.id,
        data: { fleet: f, templateVersion: v, batch: null, members: [{ device: d }] },
      },
    ]);
    expect((await targets()).get(d!)).toBe(v);
  });

  it('fleet rollout wakes on device owner updated', async () => {
    const [f, v, d] = uids(3);
    await settle(on.fleet(f!), on.version(v!, f!));
    await harness.handle(on.device(d!));
    expect(selectedIn(await harness.handle(on.matched([d!], f!)))).toEqual([d]);
    expect(await states()).toEqual(['completed']);
  });

  it('fleet rollout wakes on device labels updated, once matched', async () => {
    const [f, v, d] = uids(3);
    await running(f!, v!, d!);
    const labels = on.relabelled(d!, { rack: '7' });
    expect(await harness.handle(labels)).toEqual([]);
    const answer = () => on.matched([d!], f!, labels.event.version);
    expect(selectedIn(await harness.handle(answer()))).toEqual([d]);
    expect(await harness.handle(answer())).toEqual([]);
  });

  it('fleet rollout wakes on device created when its match came first', async () => {
    const [f, v, d] = uids(3);
    const [created, owned] = [on.device(d!), on.matched([d!], f!)];
    await settle(on.fleet(f!), on.version(v!, f!));
    expect(await harness.handle(owned)).toEqual([]);
    expect(selectedIn(await harness.handle(created))).toEqual([d]);
  });

  it('wakes on fleet created when its template version came first', async () => {
    const [f, v] = uids(2);
    const created = on.fleet(f!, inBatches({ limit: 1 }));
    expect(await harness.handle(on.version(v!, f!))).toEqual([]);
    expect((await harness.handle(created))[0]?.data).toMatchObject({ strategy: 'BatchSequence' });
  });

  it('completes on status reported and devices rendered, in either order', async () => {
    const [f, v, d, e] = uids(4);
    await settle(on.fleet(f!), on.device(d!), on.device(e!), on.matched([d!, e!], f!));
    await settle(on.version(v!, f!));
    expect(await harness.handle(on.rendered([d!, e!], v!, 3), on.reported(d!, 3))).toEqual([]);
    expect(await harness.handle(on.reported(e!, 2))).toEqual([]);
    expect(typesOf(await harness.handle(on.reported(e!, 3)))).toEqual([rolloutCompleted.type]);
    const [w] = uids(1);
    await settle(on.version(w!, f!, 2));
    expect(await harness.handle(on.rendered([d!], w!, 3))).toEqual([]);
    expect(typesOf(await harness.handle(on.rendered([e!], w!, 3)))).toEqual([
      rolloutCompleted.type,
    ]);
    expect(await states()).toEqual(['completed', 'completed']);
  });
});

describe('moving devices', () => {
  it('takes the target when the owner is cleared, and says nothing', async () => {
    const [f, v, d] = uids(3);
    await running(f!, v!, d!);
    expect(await harness.handle(on.matched([d!], null))).toEqual([]);
    expect((await targets()).get(d!)).toBeNull();
  });

  it('completes the rollout of the fleet that its last device left', async () => {
    const [f, g, v, d] = uids(4);
    await settle(on.fleet(f!), on.fleet(g!), on.device(d!), on.matched([d!], f!));
    await settle(on.version(v!, f!));
    expect(typesOf(await harness.handle(on.matched([d!], g!)))).toEqual([rolloutCompleted.type]);
  });

  it('waits for the match before it selects a relabelled device for a new version', async () => {
    const [f, v, w, d] = uids(4);
    await running(f!, v!, d!);
    const labels = on.relabelled(d!, { site: 'nice' });
    await harness.handle(labels);
    expect(selectedIn(await settle(on.version(w!, f!, 2)))).toEqual([]);
    const answer = on.matched([d!], f!, labels.event.version);
    expect(selectedIn(await harness.handle(answer))).toEqual([d]);
    expect((await targets()).get(d!)).toBe(w);
  });

  it('does not wait for a deleted device', async () => {
    const [f, v, d, e] = uids(4);
    await settle(on.fleet(f!), on.device(d!), on.device(e!), on.matched([d!, e!], f!));
    await settle(on.version(v!, f!));
    expect(await harness.handle(on.rendered([d!], v!), on.reported(d!, 1))).toEqual([]);
    expect(typesOf(await harness.handle(on.gone(e!)))).toEqual([rolloutCompleted.type]);
  });
});

describe('fleets', () => {
  it('supersedes the rollout of an older template version; a late older one starts nothing', async () => {
    const [f, v, w, x, d] = uids(5);
    await settle(on.fleet(f!), on.device(d!), on.matched([d!], f!), on.version(w!, f!, 2));
    expect(await harness.handle(on.version(v!, f!, 1))).toEqual([]);
    const said = await settle(on.version(x!, f!, 3));
    const changes = [rolloutSuperseded.type, rolloutStarted.type, devicesSelected.type];
    expect(typesOf(said)).toEqual(changes);
    expect(said[0]?.data).toEqual({
      fleet: f,
      templateVersion: w,
      reason: 'NewTemplateVersion',
    });
    expect(await states()).toEqual(['superseded NewTemplateVersion', 'active']);
  });

  it('ends the rollout of a deleted fleet and leaves the targets', async () => {
    const [f, v, d] = uids(3);
    await settle(on.fleet(f!), on.device(d!), on.matched([d!], f!), on.version(v!, f!));
    const said = await harness.handle(on.disbanded(f!));
    expect(typesOf(said)).toEqual([rolloutSuperseded.type]);
    expect(said[0]?.data).toMatchObject({ reason: 'FleetDeleted' });
    expect((await targets()).get(d!)).toBe(v);
    expect(await settle(on.version(newUid(), f!, 9))).toEqual([]);
  });
});
