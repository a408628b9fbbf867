import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION, newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { Scene, uids } from '../test/scene.js';
import { Outcomes1800000000001 } from './migrations/2-outcomes.js';
import { Control1800000000002 } from './migrations/3-control.js';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
afterAll(() => scene?.close());

it('takes over rollouts that run while it comes, and goes back', async () => {
  const [f, r, v] = [newUid(), newUid(), newUid()];
  const [d, e, g] = uids(3);
  const runner = scene.admin.dataSource.createQueryRunner();
  const [outcomes, control] = [new Outcomes1800000000001(), new Control1800000000002()];
  // What stands on these views is made anew by whoever migrates.
  await runner.query('drop schema organisation cascade');
  await control.down(runner);
  await outcomes.down(runner);
  const keys = [DEFAULT_ORGANISATION, f, r, v];
  const before = [
    `insert into rollout.fleets (org, fleet, name, rollout, template_version) values ($1, $2, 'f', $3, $4)`,
    `insert into rollout.rollouts (org, fleet, rollout, template_version, strategy, last_batch)
     values ($1, $2, $3, $4, 'BatchSequence', 2)`,
  ];
  for (const statement of before) await scene.admin.query(statement, keys);
  await scene.admin.query(
    `insert into rollout.batches (org, rollout, batch, definition, threshold, announced_at, dispatched_at)
     values ($1, $2, 1, '{}', 90, now(), now()), ($1, $2, 2, '{}', 100, null, null)`,
    [DEFAULT_ORGANISATION, r],
  );
  await scene.admin.query(
    `insert into rollout.devices (org, device, created, owner, target, target_rollout, target_batch, selected_at,
                                  rendered_template_version, rendered_version, reported_version)
     select $1, device, true, $2, $4, $3, 1, now(), $4, 1, case when n = 1 then 1 else 0 end
     from unnest($5::uuid[]) with ordinality as u (device, n)`,
    [...keys, [d, e, g]],
  );
  await outcomes.up(runner);
  await control.up(runner);
  await runner.release();
  const row = async (statement: string) => (await scene.admin.query(statement))[0];
  expect(await row('select waiting, updated, selecting from rollout.rollouts')).toEqual({
    ...{ waiting: 2, updated: 1, selecting: false },
  });
  expect(await row('select waiting, updated from rollout.batches order by batch')).toEqual({
    ...{ waiting: 2, updated: 1 },
  });
  expect(
    await row(
      `select t.kind, t.uid, f.rolling, f.rolled, t.due > now() + interval '23 hours' as tomorrow
       from rollout.timers t join rollout.fleets f on f.fleet = t.uid`,
    ),
  ).toEqual({ kind: 'fleet', uid: f, rolling: true, rolled: v, tomorrow: true });
});
