import { perSecond, round } from '../../figures.js';
import type { SkeinSystem } from '../../skein/skein-system.js';
import { follow, type Following } from './follow.js';
import type { Usage, Used } from './usage.js';
import type { Views } from './views.js';

/** Nothing takes so long: so much at least, and so much more for each device. */
const WITHIN_MS = 120_000;
const WITHIN_MS_EACH = 10;
const LOOK_MS = 250;

/** The phase that the figure is about. */
export const CHANGE = 'template changed';

/** One thing that happened to many devices. */
export interface Phase {
  readonly name: string;
  readonly devices: number;
  readonly seconds: number;
  /** What it used until all was handled. */
  readonly used: Used;
}

export interface FleetOptions {
  readonly devices: number;
  /** Whether each device gets a document of its own. */
  readonly distinct: boolean;
  readonly say: (line: string) => void;
}

/** What is to happen, and how it is seen that it has. */
export interface Step {
  readonly name: string;
  readonly action: () => Promise<unknown>;
  /** How many it takes of what is counted. */
  readonly total: number;
  readonly count: () => Promise<number>;
  /** How many devices it is about, if not `total`. */
  readonly devices?: number;
  /** How many of them get another document. */
  readonly changed: number;
  /** How many different documents there are in the end. */
  readonly documents: number;
  /** Whether the time is that until every service has handled all; else until the count is reached. */
  readonly untilHandled?: boolean;
}

/** Takes steps one by one. After each all is handled, and every device is as it must be. */
export class Steps {
  constructor(
    private readonly system: SkeinSystem,
    private readonly views: Views,
    private readonly usage: Usage,
    private readonly options: FleetOptions,
  ) {}

  /** @throws when it does not come to its end, or not to the right one */
  async take(step: Step): Promise<Phase> {
    const { name, action, total, count, devices = total } = step;
    await this.views.settle();
    await this.views.remember();
    const used = await this.usage.begin();
    const started = performance.now();
    const since = () => performance.now() - started;
    await Promise.all([this.follow(name, total, count), action()]);
    const reached = since();
    await this.handled(name);
    const seconds = this.told(name, devices, step.untilHandled ? since() : reached);
    const phase = { name, devices, seconds, used: await used() };
    await this.require(step);
    return phase;
  }

  /** Resolves when so many are counted. */
  follow(what: string, total: number, count: () => Promise<number>, more: Partial<Following> = {}) {
    const { devices, say } = this.options;
    return follow({
      ...{ what, total, count, say },
      withinMs: WITHIN_MS + devices * WITHIN_MS_EACH,
      check: () => this.system.requireRunning(),
      missing: async () => (await this.views.waiting()) || 'nothing waits any more',
      ...more,
    });
  }

  /** Resolves when every service has handled all. */
  async handled(after: string): Promise<void> {
    let waiting = '';
    const count = async () => Number((waiting = await this.views.waiting()) === '');
    const more = { longestMs: LOOK_MS, far: () => waiting };
    await this.follow(`${after}, waiting for the rest`, 1, count, more);
  }

  /** Says how long it took; answers the seconds. */
  told(name: string, devices: number, milliseconds: number): number {
    const seconds = milliseconds / 1_000;
    const rate = round(perSecond(devices, milliseconds));
    this.options.say(`${name}: ${devices} devices in ${round(seconds, 2)} s, ${rate}/s`);
    return seconds;
  }

  private async require({ name, total, count, changed, documents }: Step): Promise<void> {
    const { devices } = this.options;
    const facts: [what: string, found: number, expected: number][] = [
      ['still counted', await count(), total],
      ['devices', await this.views.devices(), devices],
      ['with another rendered version', devices - (await this.views.grown(0)), changed],
      ['whose rendered version grew by 1', await this.views.grown(1), changed],
      ['different documents', await this.views.digests(), documents],
    ];
    const wrong = facts.filter(([, found, expected]) => found !== expected);
    if (wrong.length === 0) return;
    const said = wrong.map(([what, found, expected]) => `${what}: ${found}, not ${expected}`);
    throw new Error(`${name}: ${said.join('; ')}`);
  }
}
