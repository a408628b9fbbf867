import { describe, expect, it } from '@jest/globals';
import type { LabelSelector } from '@skein/domain-resource';
import { newUid } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { type Instance, lyon, membersOf, nice, ScanScene } from '../test/scan-scene.js';
import { instance } from '../test/scene.js';

const scene = new ScanScene({
  open: () => migratedDatabase(['selector']),
  harness: consumerHarness,
});

describe('a fleet that many devices match', () => {
  it('is only put down when it is heard, and then matched chunk by chunk', async () => {
    await scene.fill(10_500, '{"site": "lyon"}');
    const f = newUid();
    expect(await scene.harness.handle(scene.on.fleet(f, lyon))).toEqual([]);
    expect(await scene.owners()).toEqual(new Map([[null, 10_500]]));
    const { sizes, told } = await scene.scanAll();
    expect(Math.max(...sizes)).toBe(scene.one.scanner.most.devices);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_500);
    expect(new Set(told.map(({ device }) => device)).size).toBe(10_500);
    expect(told).toHaveLength(10_500);
    expect(await scene.owners()).toEqual(new Map([[f, 10_500]]));
    expect(await scene.fleetRow(f)).toMatchObject({ scanned: true, walks: true });
    expect(await scene.postgres.query('select from selector.wants')).toEqual([]);
  });

  it('tells of at most a chunk of devices in a transaction, and of a thousand in an event', async () => {
    await scene.fill(4_100, '{"site": "lyon"}');
    await scene.harness.handle(scene.on.fleet(newUid(), lyon));
    const told: number[][] = [];
    while ((await scene.one.task.scans.once()) > 0) {
      told.push((await scene.harness.appended()).map((event) => membersOf([event]).length));
    }
    expect(told).toEqual([[1_000, 1_000], [1_000, 1_000], [100]]);
  });

  it('clears its devices in chunks when it is deleted, by the index of owners', async () => {
    scene.one.scanner.most.devices = 100;
    await scene.fill(450, '{"site": "lyon"}');
    await scene.fill(300, '{"site": "nice"}');
    const f = newUid();
    await scene.harness.handle(scene.on.fleet(f, lyon));
    expect((await scene.scanAll()).sizes).toEqual([100, 100, 100, 100, 50]);
    await scene.harness.handle(scene.gone(f));
    const { sizes, told } = await scene.scanAll();
    expect([sizes, told.length]).toEqual([[100, 100, 100, 100, 50], 450]);
    expect(await scene.owners()).toEqual(new Map([[null, 750]]));
    expect(await scene.fleetRow(f)).toMatchObject({ walks: false });
  });

  it.each<[string, LabelSelector, boolean]>([
    ['one label', { matchLabels: lyon }, false],
    [
      'In',
      { matchExpressions: [{ key: 'site', operator: 'In', values: ['lyon', 'paris'] }] },
      false,
    ],
    ['Exists', { matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'site', operator: 'NotIn', values: ['nice'] }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'old', operator: 'DoesNotExist' }] }, true],
  ])('looks only at devices that it concerns: %s', async (_, selector, walks) => {
    scene.one.scanner.most.devices = 20;
    await scene.fill(30, '{"site": "lyon", "gpu": "a"}');
    await scene.fill(50, '{"site": "nice", "old": "yes"}');
    await scene.fill(40, '{"site": "lyon", "gpu": "a"}', newUid());
    const f = newUid();
    await scene.harness.handle(scene.on.created(f, selector));
    const { sizes, told } = await scene.scanAll();
    expect(told).toHaveLength(30);
    expect(await scene.fleetRow(f)).toMatchObject({ walks, scanned: true });
    // Without a label to look for, whoever might match is looked at.
    const looked = sizes.reduce((sum, size) => sum + size);
    expect(looked).toBe(selector.matchExpressions?.[0]?.operator.match(/Not/) ? 80 : 30);
  });

  it('looks at devices that several fleets match, when one of these goes', async () => {
    scene.one.scanner.most.devices = 10;
    await scene.fill(25, '{"site": "lyon", "tier": "edge"}');
    await scene.fill(25, '{"site": "nice"}');
    const [f, g] = [newUid(), newUid()];
    await scene.harness.handle(scene.on.fleet(f, lyon));
    await scene.scanAll();
    await scene.harness.handle(scene.on.fleet(g, { tier: 'edge' }));
    const { told } = await scene.scanAll();
    expect(new Set(told.map(({ multipleOwners }) => multipleOwners.length))).toEqual(new Set([2]));
    await scene.harness.handle(scene.on.reselected(g, null));
    expect((await scene.scanAll()).told.map(({ multipleOwners }) => multipleOwners)).toEqual(
      Array.from({ length: 25 }, () => []),
    );
    expect(await scene.owners()).toEqual(
      new Map<string | null, number>([
        [null, 25],
        [f, 25],
      ]),
    );
  });

  it('looks at them also on a walk through all devices', async () => {
    const exists = (key: string): LabelSelector => ({
      matchExpressions: [{ key, operator: 'Exists' }],
    });
    await scene.fill(5, '{"site": "lyon", "gpu": "a"}');
    const [f, g] = [newUid(), newUid()];
    await scene.harness.handle(scene.on.fleet(f, lyon));
    await scene.scanAll();
    await scene.harness.handle(scene.on.created(g, exists('gpu')));
    expect((await scene.scanAll()).told).toHaveLength(5);
    await scene.harness.handle(scene.on.changed(g, exists('old')));
    expect((await scene.scanAll()).told).toMatchObject(
      Array.from({ length: 5 }, () => ({ owner: f, multipleOwners: [] })),
    );
    expect(await scene.fleetRow(g)).toMatchObject({ walks: true });
  });

  it('takes an owner that goes from a device that others match', async () => {
    const [d, f, g, h] = [newUid(), newUid(), newUid(), newUid()];
    await scene.harness.handle(scene.on.fleet(f, lyon), scene.on.device(d, lyon));
    await scene.harness.handle(
      scene.on.fleet(g, lyon),
      scene.on.fleet(h, lyon),
      scene.on.reselected(f, nice),
    );
    await scene.scanAll();
    expect(await scene.owners()).toEqual(new Map([[f, 1]]));
    await scene.harness.handle(scene.gone(f));
    expect((await scene.scanAll()).told).toMatchObject([{ device: d, owner: null }]);
  });
});

describe('a scan that is interrupted', () => {
  it('goes on in another instance where the last chunk ended, and tells nothing twice', async () => {
    scene.one.scanner.most.devices = 100;
    await scene.fill(1_000, '{"site": "lyon"}');
    const f = newUid();
    await scene.harness.handle(scene.on.fleet(f, lyon));
    for (let chunk = 0; chunk < 4; chunk += 1) await scene.one.task.scans.once();
    const before = membersOf(await scene.harness.appended());
    expect([before.length, (await scene.owners()).get(f)]).toEqual([400, 400]);

    const other = await instance(scene.postgres);
    other.scanner.most.devices = 100;
    // It is killed while it writes its first chunk.
    const save = other.scans.save.bind(other.scans);
    other.scans.save = () => Promise.reject(new Error('killed'));
    await other.task.scans.once();
    expect((await scene.owners()).get(f)).toBe(400);
    expect(await scene.harness.appended()).toEqual([]);
    other.scans.save = save;
    // Whoever claimed it gives no sign of life any more.
    await scene.postgres.query('update selector.wants set due = now()');

    const { sizes, told } = await scene.scanAll(other);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(600);
    const devices = [...before, ...told].map(({ device }) => device);
    expect([devices.length, new Set(devices).size]).toEqual([1_000, 1_000]);
    expect(await scene.owners()).toEqual(new Map([[f, 1_000]]));
  });

  it('is shared by two instances that both think it is theirs', async () => {
    scene.one.scanner.most.devices = 50;
    await scene.fill(500, '{"site": "lyon"}');
    const f = newUid();
    await scene.harness.handle(scene.on.fleet(f, lyon));
    const other = await instance(scene.postgres);
    other.scanner.most.devices = 50;
    const [want] = await scene.postgres.query<never>(
      `select org, kind, uid, number, origin, attempts, since from selector.wants`,
    );
    const often = (by: Instance) =>
      Array.from({ length: 6 }, () => 0).reduce(
        (last) => last.then(() => by.scanner.scan(want!)),
        Promise.resolve(),
      );
    await Promise.all([often(scene.one), often(other)]);
    await scene.one.scanAll();
    const devices = membersOf(await scene.harness.appended()).map(({ device }) => device);
    expect([devices.length, new Set(devices).size]).toEqual([500, 500]);
  });
});
