/** Whatever happens to devices and fleets between the chunks of scans: in the end everything is as if all were matched at once. */
import { expect, it } from '@jest/globals';
import type { Labels, LabelSelector } from '@skein/domain-resource';
import { matches } from '@skein/domain-resource';
import { deviceDeleted, newUid, type Delivered } from '@skein/events';
import fc from 'fast-check';
import { migratedDatabase } from '@skein/migrate';
import { consumerHarness } from '@skein/testing';
import { membersOf, ScanScene, type Told } from '../test/scan-scene.js';
import { instance } from '../test/scene.js';

const scene = new ScanScene({
  open: () => migratedDatabase(['selector']),
  harness: consumerHarness,
});
const devices = Array.from({ length: 12 }, () => newUid()).sort();
const fleets = Array.from({ length: 4 }, () => newUid());

const labels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.constantFrom('site', 'tier', 'gpu'),
  fc.constantFrom('a', 'b'),
);
const selector: fc.Arbitrary<LabelSelector | null> = fc.oneof(
  labels.map((matchLabels) => ({ matchLabels })),
  fc.constantFrom<(LabelSelector | null)[]>(
    { matchExpressions: [{ key: 'site', operator: 'In', values: ['a', 'b'] }] },
    { matchExpressions: [{ key: 'gpu', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'gpu', operator: 'DoesNotExist' }] },
    {
      matchLabels: { tier: 'a' },
      matchExpressions: [{ key: 'site', operator: 'NotIn', values: ['a'] }],
    },
    null,
  ),
);
type Step =
  | { readonly does: 'label'; readonly device: number; readonly labels: Labels }
  | { readonly does: 'select'; readonly fleet: number; readonly selector: LabelSelector | null }
  | { readonly does: 'remove device'; readonly device: number }
  | { readonly does: 'remove fleet'; readonly fleet: number }
  | { readonly does: 'scan' | 'peer scans' | 'peer restarts' | 'peer is killed' | 'wants vanish' };
const device = fc.nat(devices.length - 1);
const fleet = fc.nat(fleets.length - 1);
const change: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('label' as const), device, labels }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('select' as const), fleet, selector }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove device' as const), device }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('remove fleet' as const), fleet }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constantFrom(
        'scan',
        'peer scans',
        'peer restarts',
        'peer is killed',
        'wants vanish',
      ),
    }),
  },
);
/** What comes in one batch. */
const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 20 });

/** What was said of devices and fleets. A uid is never used again. */
class Model {
  readonly labels = new Map<string, Labels>();
  readonly selectors = new Map<string, LabelSelector | null>();
  private readonly gone = new Set<string>();

  /** The events that say it, if it can be said. */
  eventsOf(step: Step): Delivered[] {
    if (step.does === 'label') return this.label(devices[step.device]!, step.labels);
    if (step.does === 'select') return this.select(fleets[step.fleet]!, step.selector);
    if (step.does === 'remove fleet') return this.removeFleet(fleets[step.fleet]!);
    return step.does === 'remove device' ? this.removeDevice(devices[step.device]!) : [];
  }

  matching(device: string): string[] {
    return [...this.selectors]
      .filter(([, selecting]) => matches(selecting, this.labels.get(device)!))
      .map(([found]) => found);
  }

  private label(uid: string, said: Labels): Delivered[] {
    if (this.gone.has(uid)) return [];
    const event = this.labels.has(uid) ? scene.on.relabelled : scene.on.device;
    this.labels.set(uid, said);
    return [event(uid, said)];
  }

  private select(uid: string, said: LabelSelector | null): Delivered[] {
    if (this.gone.has(uid)) return [];
    const event = this.selectors.has(uid) ? scene.on.changed : scene.on.created;
    this.selectors.set(uid, said);
    return [event(uid, said)];
  }

  private removeDevice(uid: string): Delivered[] {
    if (!this.labels.delete(uid)) return [];
    this.gone.add(uid);
    return [scene.harness.event(deviceDeleted, uid, { name: uid })];
  }

  private removeFleet(uid: string): Delivered[] {
    if (!this.selectors.delete(uid)) return [];
    this.gone.add(uid);
    return [scene.gone(uid)];
  }
}

/** One run: an instance that handles events and scans, and a peer that scans, dies and comes again. */
class Run {
  readonly model = new Model();
  /** What was told last of each device. */
  private readonly told = new Map<string, object>();
  private peer!: Awaited<ReturnType<typeof instance>>;
  private readonly doing: Partial<Record<Step['does'], () => Promise<unknown>>> = {
    scan: () => scene.one.task.scans.once(),
    'peer scans': () => this.peer.task.scans.once(),
    'peer restarts': () => this.start(),
    'peer is killed': () => this.kill(),
    'wants vanish': () => scene.postgres.query('delete from selector.wants'),
  };

  async start(): Promise<void> {
    this.peer = await instance(scene.postgres);
    for (const { scanner } of [scene.one, this.peer]) scanner.most.devices = 2;
  }

  async batch(steps: readonly Step[]): Promise<void> {
    const events = steps.flatMap((step) => this.model.eventsOf(step));
    if (events.length > 0) this.hear(await scene.harness.handle(...events));
    for (const { does } of steps) await this.doing[does]?.();
    this.hear(await scene.harness.appended());
  }

  async end(): Promise<void> {
    await this.sweep();
    await this.claimsRunOut();
    await scene.one.scanAll();
    this.hear(await scene.harness.appended());
    expect(await this.sweep()).toBe(0);
  }

  async check(): Promise<void> {
    const rows = await scene.postgres.query<{ uid: string; owner: string | null; names: string[] }>(
      `select device as uid, owner, multiple_owners as names, labels_version as version
       from selector.devices where not deleted`,
    );
    expect(new Set(rows.map(({ uid }) => uid))).toEqual(new Set(this.model.labels.keys()));
    for (const { uid, ...row } of rows) {
      const matching = this.model.matching(uid);
      const several = matching.length > 1;
      expect(row.names).toEqual(several ? matching.map((found) => `f-${found}`).sort() : []);
      // With several, whoever owned it before still does, as long as that fleet lives.
      const possible = several ? [null, ...this.model.selectors.keys()] : [matching[0] ?? null];
      expect(possible).toContain(row.owner);
      expect(this.told.get(uid)).toEqual(row);
    }
  }

  private hear(events: readonly Told[]): void {
    for (const { device: uid, owner, multipleOwners: names, labelsVersion } of membersOf(events)) {
      this.told.set(uid, { owner, names, version: labelsVersion });
    }
  }

  private async sweep(): Promise<number> {
    let found = 0;
    await scene.one.unit.sweep(async (batch) => {
      await scene.one.sweep.find(batch);
      found = batch.size;
    });
    return found;
  }

  private claimsRunOut(): Promise<unknown> {
    return scene.postgres.query('update selector.wants set due = now()');
  }

  /** In the middle of a chunk; nobody renews its claim. */
  private async kill(): Promise<void> {
    this.peer.scans.save = () => Promise.reject(new Error('killed'));
    await this.peer.task.scans.once();
    await this.claimsRunOut();
    await this.start();
  }
}

it('ends as if all devices were matched with all fleets at once, and has told just that', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      await scene.clear();
      const run = new Run();
      await run.start();
      for (const batch of all) await run.batch(batch);
      await run.end();
      await run.check();
    }),
    { numRuns: 60 },
  );
}, 120_000);
