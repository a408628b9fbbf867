import type { Child } from '../../child.js';
import type { SkeinSystem } from '../../skein/skein-system.js';
import { batchesText, expectedBatches } from './batches.js';
import { AWAY, FLEET, fleet, TENTH } from './manifests.js';
import { Reporting } from './reporting.js';
import { CHANGE, Steps, type FleetOptions, type Phase } from './steps.js';
import type { Usage } from './usage.js';
import type { Views } from './views.js';

/** A fleet's life, phase by phase. */
export class FleetRun {
  private readonly steps: Steps;
  private readonly documents: number;
  private edition = 0;

  constructor(
    private readonly system: SkeinSystem,
    private readonly views: Views,
    usage: Usage,
    private readonly pen: Child,
    private readonly options: FleetOptions,
  ) {
    this.steps = new Steps(system, views, usage, options);
    this.documents = options.distinct ? options.devices : 1;
  }

  /** Devices come to be that nobody selects; the time is that until all services know them. */
  create(): Promise<Phase> {
    const { devices: total } = this.options;
    return this.steps.take({
      name: 'devices created',
      action: () => this.pen.call('create', total),
      ...{ total, count: this.views.devices },
      ...{ changed: 0, documents: 0, untilHandled: true },
    });
  }

  /** A fleet comes that selects them all: until all are matched, and until all have its document. */
  async match(): Promise<readonly Phase[]> {
    const { devices: total } = this.options;
    const matching = async () => {
      const started = performance.now();
      await this.putFleet();
      await this.steps.follow('matched', total, () => this.views.owned(FLEET));
      return this.steps.told('matched', total, performance.now() - started);
    };
    let matched: Promise<number> | undefined;
    const rendered = await this.steps.take({
      name: 'first documents',
      action: () => (matched = matching()),
      ...{ total, count: () => this.views.rendered(FLEET) },
      ...{ changed: total, documents: this.documents },
    });
    return [{ ...rendered, name: 'matched', seconds: await matched! }, rendered];
  }

  /** The template changes, and is rolled out at once. */
  async change(): Promise<Phase> {
    const { devices: total } = this.options;
    const before = await this.views.newest(FLEET);
    return this.steps.take({
      name: CHANGE,
      action: () => this.putFleet(),
      ...{ total, count: () => this.views.rendered(FLEET, before) },
      ...{ changed: total, documents: this.documents },
    });
  }

  /** A tenth of the devices goes to another fleet, and comes back. */
  async relabel(): Promise<readonly Phase[]> {
    const { devices: all, distinct } = this.options;
    await this.prepareAway();
    const devices = Math.ceil(all / 10);
    const to = (name: string) => () =>
      this.pen.call('relabel', { pattern: TENTH, labels: { fleet: name } });
    const away = await this.steps.take({
      name: 'a tenth relabelled',
      action: to(AWAY),
      ...{ total: devices, count: () => this.views.rendered(AWAY) },
      ...{ changed: devices, documents: distinct ? all : 2 },
    });
    const back = await this.steps.take({
      name: 'and back',
      action: to(FLEET),
      ...{ total: all, count: () => this.views.rendered(FLEET) },
      ...{ devices, changed: devices, documents: this.documents },
    });
    return [away, back];
  }

  /** All devices report what they run, and go on doing so; the template changes, and is rolled out batch by batch. */
  async batched(): Promise<readonly Phase[]> {
    const { devices } = this.options;
    const { documents } = this;
    const reporting = new Reporting(this.pen);
    try {
      const reported = await this.steps.take({
        name: 'all report',
        action: async () => reporting.start(),
        ...{ total: devices, count: async () => reporting.count },
        ...{ changed: 0, documents, untilHandled: true },
      });
      const [before, end] = [await this.views.newest(FLEET), await this.views.position()];
      const completed = () => reporting.count && this.completed(before, end);
      const rollout = await this.steps.take({
        name: 'batched rollout',
        action: () => this.putFleet({ batched: true }),
        ...{ total: devices + 1, count: async () => completed() },
        ...{ devices, changed: devices, documents },
      });
      await this.requireBatches();
      return [reported, rollout];
    } finally {
      await reporting.stop();
    }
  }

  /** A fleet that no device belongs to yet. */
  private async prepareAway(): Promise<void> {
    const name = 'a second fleet';
    await this.putFleet({ name: AWAY });
    await this.steps.follow(name, 1, async () => Number(Boolean(await this.views.newest(AWAY))));
    await this.steps.handled(name);
  }

  private putFleet({ name = FLEET, batched = false } = {}): Promise<void> {
    const { distinct } = this.options;
    const body = fleet({ name, edition: ++this.edition, distinct, batched });
    return this.system.put(`fleets/${name}`, body);
  }

  /** Devices that have the new document; one more when the rollout is completed. */
  private async completed(before: string | undefined, after: number): Promise<number> {
    const rendered = await this.views.rendered(FLEET, before);
    if (rendered < this.options.devices) return rendered;
    const newest = await this.views.newest(FLEET);
    return rendered + (await this.views.completed(newest!, after));
  }

  private async requireBatches(): Promise<void> {
    const newest = await this.views.newest(FLEET);
    const batches = batchesText(await this.views.batches(newest!));
    const expected = batchesText(expectedBatches(this.options.devices));
    if (batches !== expected) throw new Error(`the batches took ${batches}, not ${expected}`);
  }
}
