import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { matches, type LabelSelector } from '@skein/domain-resource';
import { selectBatch } from '@skein/domain-rollout';
import { DEFAULT_ORGANISATION, newUid, type Labels } from '@skein/events';
import fc from 'fast-check';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { Scene, uids } from '../test/scene.js';
import { BatchSelection } from './batch-selection.js';
import { HeldDevices } from './held-devices.js';
import type { RunningRollout } from './rollouts.js';

const [f, v] = [newUid(), newUid()];

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ migratedDatabase, consumerHarness });
});
beforeEach(() => scene.reset());
afterAll(() => scene?.close());

const keys = fc.constantFrom('site', 'rack', 'odd"key', '__proto__');
const values = fc.constantFrom('', 'lyon', 'nice', '7', "o'hara", '%');
const labelsOf = fc
  .array(fc.tuple(keys, values), { maxLength: 4 })
  .map((pairs): Labels => Object.fromEntries(pairs));
const expression = fc
  .record({
    key: keys,
    operator: fc.constantFrom(
      'In' as const,
      'NotIn' as const,
      'Exists' as const,
      'DoesNotExist' as const,
    ),
    values: fc.array(values, { minLength: 1, maxLength: 3 }),
  })
  .map(({ key, operator, values: list }) =>
    operator === 'In' || operator === 'NotIn' ? { key, operator, values: list } : { key, operator },
  );
const selectors: fc.Arbitrary<LabelSelector | undefined> = fc.option(
  fc.record(
    { matchLabels: labelsOf, matchExpressions: fc.array(expression, { maxLength: 3 }) },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);
const limits = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`),
);

/** The first devices that the selection takes for a batch. */
async function taken(definition: object, labels: readonly Labels[], before: readonly number[]) {
  const devices = uids(labels.length).sort();
  await scene.postgres.query('delete from rollout.devices');
  await scene.postgres.query(
    `insert into rollout.devices (org, device, created, labels, owner, target)
     select $1, device, true, labels, $2, case when n - 1 = any($5::integer[]) then $6::uuid end
     from unnest($3::uuid[], $4::jsonb[]) with ordinality as d (device, labels, n)`,
    [
      ...[DEFAULT_ORGANISATION, f, devices],
      ...[labels.map((each) => JSON.stringify(each)), before, v],
    ],
  );
  const rollout = { org: DEFAULT_ORGANISATION, rollout: newUid(), fleet: f, templateVersion: v };
  const current = { ...rollout, batch: 1, strategy: 'BatchSequence', definition, taken: 0 };
  const running = { ...current, quota: null, cursor: null } as unknown as RunningRollout;
  await scene.postgres.query(
    `insert into rollout.rollouts (org, rollout, fleet, template_version, strategy, last_batch, state)
     values ($1, $2, $3, $4, 'BatchSequence', 2, 'completed')`,
    [rollout.org, rollout.rollout, f, v],
  );
  const said = await scene.postgres.transaction((transaction) =>
    new BatchSelection(new HeldDevices()).perform(transaction, running, rollout),
  );
  const members = said.flatMap(({ data }) => (data as { members: { device: string }[] }).members);
  return { devices, chosen: members.map(({ device }) => device) };
}

it('selects in PostgreSQL just what the rule of the domain selects', async () => {
  const cases = fc.tuple(
    selectors,
    limits,
    fc.array(labelsOf, { maxLength: 10 }),
    fc.array(fc.nat(9), { maxLength: 5 }),
  );
  let matched = 0;
  await fc.assert(
    fc.asyncProperty(cases, async ([selector, limit, labels, before]) => {
      const definition = JSON.parse(JSON.stringify({ selector, limit })) as object;
      const { devices, chosen } = await taken(definition, labels, before);
      const candidates = devices.map((device, place) => ({
        ...{ device, labels: labels[place]! },
        selected: before.includes(place),
      }));
      expect(chosen).toEqual(selectBatch(definition, candidates));
      if (selector && labels.some((each) => matches(selector, each))) matched += 1;
    }),
    { numRuns: 300 },
  );
  expect(matched).toBeGreaterThan(20);
});
