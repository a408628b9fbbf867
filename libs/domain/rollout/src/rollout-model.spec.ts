/** A rollout over devices that do what they like, led by the rules of this room alone. */
import { describe, expect, it } from '@jest/globals';
import type { RolloutPolicy } from '@skein/domain-resource';
import fc from 'fast-check';
import { mostUnavailable, roomIn } from './budget.js';
import { nextSteps, type RolloutState, type Step } from './next-steps.js';
import type { Outcomes } from './outcomes.js';
import { planOf, type Plan } from './plan.js';
import { selectBatch } from './select-batch.js';

type Outcome = keyof Outcomes;
interface Device {
  readonly device: string;
  readonly group: string;
  readonly labels: Record<string, string>;
  batch: number;
  outcome: Outcome | undefined;
}

const percent = fc.integer({ min: 0, max: 100 }).map((share) => `${share}%`);
const batch = fc.record(
  {
    limit: fc.oneof(percent, fc.integer({ min: 1, max: 8 })),
    successThreshold: percent,
    selector: fc.constantFrom('a', 'b').map((site) => ({ matchLabels: { site } })),
    approval: fc.constantFrom('Automatic' as const, 'Manual' as const),
  },
  { requiredKeys: [] },
);
const policies: fc.Arbitrary<RolloutPolicy> = fc.record(
  {
    deviceSelection: fc.record({
      strategy: fc.constant('BatchSequence' as const),
      sequence: fc.array(batch, { minLength: 1, maxLength: 3 }),
    }),
    successThreshold: percent,
    errorThreshold: percent,
    disruptionBudget: fc.record(
      {
        minAvailable: fc.integer({ min: 1, max: 5 }),
        maxUnavailable: fc.integer({ min: 1, max: 5 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

class Model {
  readonly events: Step[] = [];
  state: RolloutState;
  /** The last batch that was approved. */
  private approved = 0;

  constructor(
    readonly plan: Plan,
    readonly devices: readonly Device[],
  ) {
    const { strategy, batches } = plan;
    const lastBatch = batches.length;
    this.state = {
      ...{ strategy, batch: 1, lastBatch, phase: 'planned', standsStill: false },
      ...{ halted: false, aborted: false, unapproved: this.unapproved(1) },
    };
  }

  private unapproved(batch: number): RolloutState['unapproved'] {
    const isMissing = (number: number) =>
      this.plan.batches[number - 1]?.approval === 'Manual' && this.approved < number;
    return { current: isMissing(batch), next: isMissing(batch + 1) };
  }

  /** A person approves the batch that waits for it. */
  approve(): boolean {
    if (!this.state.unapproved.current) return false;
    this.approved = this.state.batch;
    this.state = { ...this.state, unapproved: this.unapproved(this.state.batch) };
    return true;
  }

  get ended(): boolean {
    return this.events.some((step) => step === 'completeRollout' || step === 'stop');
  }

  count(devices: readonly Device[]): Outcomes {
    const of = (outcome: Outcome) => devices.filter((one) => one.outcome === outcome).length;
    return {
      held: of('held'),
      waiting: of('waiting'),
      updated: of('updated'),
      failed: of('failed'),
    };
  }

  /** Goes on until it waits for a device. */
  settle(): void {
    while (!this.ended) {
      this.release();
      const { batch: number } = this.state;
      const steps = nextSteps(this.state, {
        ofBatch: this.count(this.devices.filter((one) => one.batch === number)),
        ofRollout: this.count(this.devices),
        threshold: this.plan.batches[number - 1]!.threshold,
        errorThreshold: this.plan.errorThreshold,
      });
      if (steps.length === 0) return;
      for (const step of steps) this.take(step);
    }
  }

  private take(step: Step): void {
    this.events.push(step);
    if (step === 'announceBatch') this.begin(this.state.batch, 'announced');
    if (step === 'standStill' || step === 'awaitApproval') {
      this.state = { ...this.state, standsStill: true };
    }
    if (step === 'announceNext') this.begin(this.state.batch + 1, 'announced');
    if (step === 'awaitNext') {
      this.begin(this.state.batch + 1, 'planned');
      this.state = { ...this.state, standsStill: true };
    }
    if (step === 'selectDevices') this.select();
  }

  private begin(batch: number, phase: RolloutState['phase']): void {
    const unapproved = this.unapproved(batch);
    if (phase === 'announced') expect(unapproved.current).toBe(false);
    this.state = { ...this.state, batch, phase, standsStill: false, unapproved };
  }

  private select(): void {
    const { batch: number } = this.state;
    const candidates = this.devices.map((one) => ({ ...one, selected: one.batch > 0 }));
    const taken = selectBatch(this.plan.batches[number - 1]!.definition, candidates);
    for (const one of this.devices) {
      if (taken.includes(one.device)) Object.assign(one, { batch: number, outcome: 'held' });
    }
    this.state = { ...this.state, phase: 'dispatched' };
  }

  private release(): void {
    for (const group of new Set(this.devices.map((one) => one.group))) {
      const members = this.devices.filter((one) => one.group === group);
      const held = members.filter(({ outcome }) => outcome === 'held');
      const { waiting } = this.count(members);
      const room = roomIn(this.plan.budget, { size: members.length, unavailable: waiting });
      for (const one of held.slice(0, room)) one.outcome = 'waiting';
    }
  }

  /** No group has more devices on their way than its budget allows. */
  expectBudget(): void {
    if (!this.plan.budget) return;
    for (const group of new Set(this.devices.map((one) => one.group))) {
      const members = this.devices.filter((one) => one.group === group);
      const most = mostUnavailable(this.plan.budget, members.length);
      expect(this.count(members).waiting).toBeLessThanOrEqual(most);
    }
  }
}

const fleets = fc
  .array(fc.record({ group: fc.constantFrom('x', 'y', 'z'), site: fc.constantFrom('a', 'b') }), {
    maxLength: 14,
  })
  .map((list) =>
    list.map(({ group, site }, index): Device => {
      return { device: `${index}`, group, labels: { site }, batch: 0, outcome: undefined };
    }),
  );
/** Which device ends next, and how: a failed one can end again, as updated. */
const ends = fc.array(fc.record({ at: fc.nat(), fails: fc.boolean() }), { maxLength: 60 });

interface Ending {
  readonly at: number;
  readonly fails: boolean;
}

/** The device that ends now: one on its way, or else a failed one that is updated after all. */
function endingOf({ devices }: Model, { at, fails }: Ending): Device | undefined {
  const moving = devices.filter(({ outcome }) => outcome === 'waiting');
  const late = devices.filter(({ outcome }) => outcome === 'failed');
  const able = fails || moving.length > 0 ? moving : late;
  return able[at % Math.max(able.length, 1)];
}

/** Lets devices end until none is on its way; those that are left when the endings are used up fail. */
function run(model: Model, endings: readonly Ending[]): void {
  model.settle();
  const left = [...endings];
  while (!model.ended) {
    model.expectBudget();
    if (model.approve()) {
      model.settle();
      continue;
    }
    const ending = left.shift() ?? { at: 0, fails: true };
    const one = endingOf(model, ending);
    if (!one && left.length === 0) return;
    if (one) one.outcome = ending.fails ? 'failed' : 'updated';
    model.settle();
  }
}

describe('a rollout', () => {
  it('holds its budget at every instant, and ends or says why not when all of its devices end', () => {
    fc.assert(
      fc.property(policies, fleets, ends, (policy, devices, endings) => {
        const model = new Model(planOf(policy), structuredClone(devices));
        run(model, endings);
        const { standsStill, batch: number } = model.state;
        expect(model.ended || standsStill).toBe(true);
        const current = model.devices.filter((one) => one.batch === number);
        const { held, waiting } = model.count(current);
        expect(model.ended ? 0 : held + waiting).toBe(0);
        const stills = model.events.filter((step) => step === 'standStill').length;
        expect(stills).toBeLessThanOrEqual(model.plan.batches.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('begins no batch before the threshold of the one before it', () => {
    fc.assert(
      fc.property(policies, fleets, fc.array(fc.boolean()), (policy, devices, fates) => {
        const model = new Model(planOf(policy), structuredClone(devices));
        let seen = 1;
        model.settle();
        for (const fails of fates) {
          const one = model.devices.find(({ outcome }) => outcome === 'waiting');
          if (model.approve()) model.settle();
          if (!one || model.ended) break;
          one.outcome = fails ? 'failed' : 'updated';
          model.settle();
          for (; seen < model.state.batch; seen += 1) {
            const before = model.devices.filter((device) => device.batch === seen);
            const { updated } = model.count(before);
            const { threshold } = model.plan.batches[seen - 1]!;
            expect(updated * 100).toBeGreaterThanOrEqual(threshold * before.length);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
