import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import { devicesTimedOut, newUid, rolloutCompleted } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, typesOf } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

const [f, v, w] = [newUid(), newUid(), newUid()];
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
const counts = () => scene.row('select held, waiting, updated, failed from rollout.rollouts');

describe('the time-out', () => {
  it('lets a silent device fail, and a late report update it after all', async () => {
    const [d, e] = (await rolling({ defaultUpdateTimeout: '1h30m' }, 2)) as [string, string];
    await scene.handle(...scene.updated(v, d));
    await scene.later('89 minutes');
    expect(await scene.ring()).toEqual([]);
    await scene.later('2 minutes');
    const said = await scene.ring();
    expect(said).toMatchObject([
      {
        type: devicesTimedOut.type,
        data: { timeoutSeconds: 5_400, members: [{ device: e, batch: null }] },
      },
      { type: rolloutCompleted.type, data: { devices: 2, updated: 1, failed: 1 } },
    ]);
    expect(await outcomes()).toEqual(['updated', 'failed']);
    expect(await scene.ring()).toEqual([]);
    await scene.handle(...scene.updated(v, e));
    expect(await outcomes()).toEqual(['updated', 'updated']);
  });

  it('is a day by default, counted from the selection of each device', async () => {
    const [d] = (await rolling(null, 1)) as [string];
    const [late] = uids(1) as [string];
    await scene.later('23 hours');
    await scene.handle(scene.on.device(late), scene.on.matched([late], f));
    await scene.later('61 minutes');
    expect(await scene.ring()).toMatchObject([{ data: { members: [{ device: d }] } }]);
    await scene.later('22 hours');
    expect(await scene.ring()).toEqual([]);
    await scene.later('1 hour');
    expect(typesOf(await scene.ring())).toEqual([devicesTimedOut.type, rolloutCompleted.type]);
  });

  it('has one timer for a fleet, and one statement for all that is due', async () => {
    const devices = await rolling(null, 1_500);
    expect(await scene.row('select count(*) from rollout.timers')).toEqual({ count: 1 });
    await scene.later('25 hours');
    const said = await scene.ring();
    const failed = said.filter(({ type }) => type === devicesTimedOut.type);
    const members = failed.map(({ data }) => data['members'] as { device: string }[]);
    expect(members.map(({ length }) => length)).toEqual([1_000, 500]);
    expect(
      members
        .flat()
        .map(({ device }) => device)
        .sort(),
    ).toEqual(devices);
    expect(await scene.row('select count(*) from rollout.timers')).toEqual({ count: 0 });
  });

  it('comes earlier when a newer rollout asks for it', async () => {
    const [d] = (await rolling(null, 1)) as [string];
    await scene.handle(scene.on.repoliced(f, { defaultUpdateTimeout: '90s' }));
    await scene.settle(scene.on.version(w, f, 2));
    await scene.later('92 seconds');
    expect(await scene.ring()).toMatchObject([
      { type: devicesTimedOut.type, data: { templateVersion: w, members: [{ device: d }] } },
      { type: rolloutCompleted.type },
    ]);
  });

  it('does not fail devices whose reports may still wait to be handled', async () => {
    const [d, e] = (await rolling({ defaultUpdateTimeout: '60s' }, 2)) as [string, string];
    // The second one was selected half a minute later: it is due by now, but was not when the timer was.
    await scene.postgres.query(
      `update rollout.devices set due_at = due_at + interval '30 seconds' where device = $1`,
      [e],
    );
    await scene.later('2 minutes');
    expect(await scene.ring()).toMatchObject([{ data: { members: [{ device: d }] } }]);
    expect(await outcomes()).toEqual(['failed', 'waiting']);
    expect(typesOf(await scene.ring())).toEqual([devicesTimedOut.type, rolloutCompleted.type]);
  });

  it('is told once by two replicas', async () => {
    await rolling(half({ defaultUpdateTimeout: '10m' }), 4);
    await scene.later('11 minutes');
    const rings = [scene.ring(), scene.ring(), scene.ring()];
    const said = (await Promise.all(rings)).flat();
    expect(new Set(said.map((event) => `${event.type}/${event.version}`)).size).toBe(2);
    expect(await counts()).toEqual({ held: 0, waiting: 0, updated: 0, failed: 2 });
  });
});
