import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  deviceDeleted,
  deviceLabelsUpdated,
  devicesRendered,
  deviceSpecUpdated,
  newUid,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { Postgres } from '@skein/postgres';
import { consumerHarness, type ConsumerHarness } from '@skein/testing';
import { git, inline, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';
import { RenderSweep } from './render.sweep.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked } = stage;
let postgres: Postgres;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
const [fleet, version] = [newUid(), newUid()];
let device: string;

beforeAll(() => stage.open());
beforeEach(async () => {
  ({ postgres, outside, harness, scene, make, device } = await stage.renew());
});
afterAll(() => stage.close());

const inFleet = () => [
  make.deviceIs(device),
  make.matched(fleet, device),
  make.versionIs(version, fleet, inline('fleet')),
  make.selected(fleet, version, device),
];
const rowOf = async (uid: string) => {
  const [row] = await postgres.query<Record<string, unknown>>(
    'select * from render.devices where device = $1',
    [uid],
  );
  return row;
};
const rendered = [{ type: devicesRendered.type }];

describe('once and in order', () => {
  it('handled twice has no second effect', async () => {
    const events = inFleet();
    await harness.handle(...events);
    expect(await worked()).toMatchObject(rendered);
    await harness.handle(...events);
    expect(await worked()).toEqual([]);
    // Also where the fence lets it through, as after a restore.
    await postgres.query('delete from render.inbox');
    await harness.handle(...events);
    expect(await worked()).toEqual([]);
  });

  it('rendered by two at once, it is said once', async () => {
    await harness.handle(...inFleet());
    await Promise.all([scene.pending.once(), scene.pending.once()]);
    expect(await harness.appended()).toMatchObject(rendered);
  });

  it('what arrives late and in any order leads to the same', async () => {
    const events = inFleet();
    for (const event of events.toReversed()) await harness.handle(event);
    const [said] = await worked();
    expect(said).toMatchObject({ subject: fleet, data: { templateVersion: version } });
  });

  it('no older event takes the place of a newer one, in any aspect', async () => {
    const own = newUid();
    await harness.handle(make.deviceIs(own, { labels: { at: '1' }, spec: inline('1') }));
    const older = [
      harness.event(deviceLabelsUpdated, own, { labels: { at: '2' } }),
      harness.event(deviceSpecUpdated, own, { spec: inline('2'), generation: 2 }),
      make.matched(null, own),
      make.selected(fleet, newUid(), own),
    ];
    const target = newUid();
    await harness.handle(
      harness.event(deviceLabelsUpdated, own, { labels: { at: '3' } }),
      harness.event(deviceSpecUpdated, own, { spec: inline('3'), generation: 3 }),
      make.matched(fleet, own),
      make.selected(fleet, target, own),
    );
    await harness.handle(...older);
    expect(await rowOf(own)).toMatchObject({
      labels: { at: '3' },
      spec: inline('3'),
      generation: 3,
      owner: fleet,
      target,
    });
  });

  it('drops what was rendered from a spec that a newer one overtook', async () => {
    outside.meanwhile = () => {
      outside.meanwhile = undefined;
      const newer = { spec: inline('newer'), generation: 2 };
      return harness.handle(harness.event(deviceSpecUpdated, device, newer));
    };
    await harness.handle(
      make.repositoryIs(newUid(), 'config'),
      make.deviceIs(device, { spec: git('config') }),
      make.matched(null, device),
    );
    expect(await worked()).toMatchObject([{ ...rendered[0], version: 1 }]);
    expect(await rowOf(device)).toMatchObject({ rendered_version: 1, pending: false });
  });

  it('says nothing more of a deleted device', async () => {
    await harness.handle(...inFleet(), harness.event(deviceDeleted, device, { name: 'device' }));
    expect(await worked()).toEqual([]);
    await harness.handle(make.selected(fleet, version, device));
    expect(await worked()).toEqual([]);
    expect(await postgres.query('select from render.wants')).toEqual([]);
  });

  it('the sweep finds a device that nobody is about to render, and then nothing', async () => {
    const wants = () => postgres.query('select from render.wants');
    const [created, matched, arrived, selected] = inFleet();
    await harness.handle(created!, matched!, selected!);
    await worked();
    const sweep = new RenderSweep(scene.devices);
    await scene.unit.sweep((batch) => sweep.find(batch));
    expect(await wants()).toHaveLength(1);
    await postgres.query('delete from render.wants');
    await harness.handle(arrived!);
    expect(await worked()).toEqual([]);
    await scene.unit.sweep((batch) => sweep.find(batch));
    expect(await worked()).toMatchObject(rendered);
    await scene.unit.sweep((batch) => sweep.find(batch));
    expect(await wants()).toEqual([]);
  });

  it('renders more devices than fit into one claim, each once', async () => {
    const devices = Array.from({ length: 1_200 }, () => newUid());
    await harness.handle(...devices.map((uid) => make.deviceIs(uid)));
    await harness.handle(
      make.versionIs(version, fleet, inline('{{ .metadata.name }}')),
      make.matched(fleet, ...devices.slice(0, 1_000)),
      make.matched(fleet, ...devices.slice(1_000)),
      make.selected(fleet, version, ...devices.slice(0, 1_000)),
      make.selected(fleet, version, ...devices.slice(1_000)),
    );
    const members = (await worked()).flatMap(({ data }) => data['members'] as { device: string }[]);
    expect(members.map((member) => member.device).sort()).toEqual(devices.sort());
  });
});
