import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import { mostUnavailable } from '@skein/domain-rollout';
import { newUid, type Delivered } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

const [f, v, w] = [newUid(), newUid(), newUid()];
const sites = ['lyon', 'nice', 'paris'];
const siteOf = (place: number) => sites[place % sites.length]!;

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

it('never has more on their way than allowed, whatever happens in whatever order', async () => {
  const { on } = scene;
  const budget = { groupBy: ['site'], minAvailable: 3, maxUnavailable: 2 };
  const policy = {
    ...inBatches({ limit: '40%', successThreshold: '10%' }, { limit: 5, successThreshold: '0%' }),
    disruptionBudget: budget,
  };
  const { devices } = await rolling(policy, 23);
  const versions = new Map(devices.map((device) => [device, 1]));
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  /** The renderer answers each selection once, with the document as it was or a new one, or fails; devices report. */
  const happens = async (device: string): Promise<Delivered[]> => {
    const row = await scene.row(
      `select awaiting, target, outcome from rollout.devices where device = '${device}'`,
    );
    const version = versions.get(device)!;
    const older = row?.['outcome'] === 'updated' ? 0 : random(2);
    if (!row?.['awaiting']) return [on.reported(device, version - older)];
    const target = row['target'] as string;
    if (random(4) === 0) return [on.unrendered([device], target)];
    versions.set(device, version + random(2));
    return [on.rendered([device], target, versions.get(device))];
  };
  const relabelled = (device: string, place: number) => {
    const labels = on.relabelled(device, { site: siteOf(place), rack: String(random(9)) });
    return [labels, on.matched([device], f, labels.event.version)];
  };
  const check = async () => {
    for (const { devices: count, size } of await away()) {
      expect(count).toBeLessThanOrEqual(mostUnavailable(budget, size));
    }
  };
  for (let step = 0; step < 200; step += 1) {
    const place = random(devices.length);
    const device = devices[place]!;
    if (step % 50 === 49) {
      await scene.later('25 hours');
      await scene.ringAll();
    } else if (step === 90) await scene.settle(on.version(w, f, 2));
    else if (random(6) === 0) await scene.settle(...relabelled(device, place));
    else await scene.settle(...(await happens(device)));
    await scene.selectOn();
    await check();
  }
  // Everybody answers: it comes to its end.
  for (let round = 0; round < 60; round += 1) {
    const waiting = await scene.postgres.query<{ device: string; target: string }>(
      `select device, target from rollout.devices where outcome = 'waiting'`,
    );
    if (waiting.length === 0) break;
    for (const { device, target } of waiting) {
      const version = versions.get(device)!;
      await scene.settle(on.rendered([device], target, version), on.reported(device, version));
      await scene.selectOn();
      await check();
    }
  }
  expect(await held()).toEqual([]);
  expect(
    await scene.row(`select state from rollout.rollouts order by started_at desc limit 1`),
  ).toEqual({ state: 'completed' });
});
