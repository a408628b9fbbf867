import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { batchCompleted, batchDispatched, newUid, rolloutStarted } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { inBatches, selectedIn, typesOf } from '../test/given.js';
import { Scene, uids } from '../test/scene.js';

const [f, v] = [newUid(), newUid()];
const canary = inBatches({ limit: 1 });
const budget = { disruptionBudget: { maxUnavailable: 1 } };
const nothing = { found: 0, said: [] };

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(() => scene.reset());
afterAll(() => scene?.close());

describe('the sweep', () => {
  it('finds nothing in a healthy rollout, at any of its steps', async () => {
    const { on } = scene;
    const devices = uids(3);
    const steps = [
      ...scene.members(f, canary, devices).map((event) => [event]),
      [on.version(v, f)],
    ];
    for (const step of steps) {
      await scene.handle(...step);
      expect(await scene.sweep()).toEqual(nothing);
    }
    // A backlog: what it said to itself is not handled for a long time, and is no miss.
    await scene.postgres.query(`update rollout.rollouts set started_at = now() - interval '1 day'`);
    expect(await scene.sweep()).toEqual(nothing);
    await scene.selectOn();
    for (const device of devices) {
      expect(await scene.sweep()).toEqual(nothing);
      await scene.settle(...scene.updated(v, device));
      await scene.selectOn();
    }
    expect(await scene.sweep()).toEqual(nothing);
    expect(await scene.row('select state, checked from rollout.rollouts')).toEqual({
      state: 'completed',
      checked: true,
    });
  });

  it('finds nothing in a rollout that stands still, is stopped, or waits for its budget', async () => {
    const { on } = scene;
    const [d, e] = uids(2) as [string, string];
    await scene.settle(...scene.members(f, canary, [d, e]), on.version(v, f));
    await scene.settle(on.unrendered([d], v));
    expect(await scene.row('select state from rollout.rollouts')).toEqual({ state: 'waiting' });
    expect(await scene.sweep()).toEqual(nothing);
    const [g, w, h, i] = [newUid(), newUid(), newUid(), newUid()];
    await scene.settle(...scene.members(g, budget, [h, i]), on.version(w, g));
    expect(await scene.row('select count(*) from rollout.held')).toEqual({ count: 1 });
    expect(await scene.sweep()).toEqual(nothing);
    const strict = { ...inBatches({ limit: 1 }), errorThreshold: '0%' };
    const [j, x, k] = [newUid(), newUid(), newUid()];
    await scene.settle(...scene.members(j, strict, [k]), on.version(x, j));
    await scene.settle(on.unrendered([k], x));
    await scene.settle(on.device(newUid()), on.matched([newUid()], j));
    expect(await scene.sweep()).toEqual(nothing);
  });

  it('selects devices that were passed over, and for new labels that were missed', async () => {
    const { on } = scene;
    const [d, e, g] = uids(3) as [string, string, string];
    await scene.settle(...scene.members(f, null, [d]), on.version(v, f));
    expect(await scene.sweep()).toEqual(nothing);
    await scene.handle(on.device(e));
    await scene.postgres.query(
      `update rollout.devices set owner = $1, matched_labels_version = 1 where device = $2`,
      [f, e],
    );
    expect(selectedIn((await scene.sweep()).said)).toEqual([e]);
    await scene.postgres.query(
      'update rollout.devices set matched_labels_version = 2 where device = $1',
      [d],
    );
    expect(selectedIn((await scene.sweep()).said)).toEqual([d]);
    expect(await scene.sweep()).toEqual(nothing);
    // One that the last batch did not see runs an older version: the fleet of a new rollout is looked through once.
    await scene.settle(...scene.members(newUid(), null, [g]));
    const w = newUid();
    await scene.settle(on.version(w, f, 2));
    await scene.postgres.query(`update rollout.devices set target = $1 where device = $2`, [v, d]);
    expect(selectedIn((await scene.sweep()).said)).toEqual([d]);
    expect(await scene.sweep()).toEqual(nothing);
  });

  it('ends a batch that is complete', async () => {
    const { on } = scene;
    await scene.settle(...scene.members(f, canary, uids(3)), on.version(v, f));
    await scene.postgres.query(
      `update rollout.devices set awaiting = false, rendered_template_version = target,
              rendered_version = 1, reported_version = 1`,
    );
    const { said } = await scene.sweep();
    expect(typesOf(said)).toEqual([batchCompleted.type, batchDispatched.type]);
    expect(await scene.sweep()).toEqual(nothing);
  });

  it('starts what was never started', async () => {
    const { on } = scene;
    const w = newUid();
    await scene.settle(...scene.members(f, null, uids(1)), on.version(v, f));
    await scene.postgres.query('update rollout.fleets set template_version = $1', [w]);
    expect(typesOf((await scene.sweep()).said)).toContain(rolloutStarted.type);
    expect(await scene.sweep()).toEqual(nothing);
  });

  it('neither waits for a fleet that is being decided about, nor keeps one from it', async () => {
    const [g, w] = [newUid(), newUid()];
    await scene.rolling({ fleet: f, version: v }, null);
    await scene.rolling({ fleet: g, version: w }, null);
    const checked = async () =>
      scene.row(
        'select array_agg(template_version) as versions from rollout.rollouts where checked',
      );
    await scene.postgres.transaction(async (transaction) => {
      const lock = 'select from rollout.rollouts where template_version = $1 for no key update';
      await transaction.query(lock, [v]);
      expect(await scene.sweep()).toEqual(nothing);
      expect(await checked()).toEqual({ versions: [w] });
    });
    expect(await scene.sweep()).toEqual(nothing);
    expect(await checked()).toEqual({ versions: expect.arrayContaining([v, w]) });
  });
});
