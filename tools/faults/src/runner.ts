import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runRound, type Outcome } from './round.js';
import type { Options } from './options.js';
import type { Scenario } from './scenario.js';
import { root } from './stage/build.js';
import { Summary } from './summary.js';

const nothing = { acknowledged: 0, lost: 0, twice: 0, convergedMs: 0 };

/** Runs the rounds one after the other; what they started has ended when this resolves. */
export class Runner {
  readonly summary = new Summary();
  private readonly ended: Promise<never>;

  constructor(
    private readonly options: Options,
    private readonly line: (text: string) => void,
    private readonly ending: AbortSignal,
  ) {
    this.ended = new Promise((_resolve, reject) => {
      ending.addEventListener('abort', () => reject(new Error('it was asked to end')));
    });
    this.ended.catch(() => undefined);
  }

  async run(): Promise<void> {
    for (const scenario of this.options.scenarios) await this.runScenario(scenario);
  }

  private async runScenario(scenario: Scenario): Promise<void> {
    const { name, title } = scenario;
    const obstacle = scenario.obstacle?.();
    if (obstacle) {
      this.line(`- ${name} is left out: ${obstacle}`);
      this.summary.skipped.push({ scenario: name, why: obstacle });
      return;
    }
    this.summary.scenarios += 1;
    this.line(`${name}: ${title}`);
    for (let round = 0; round < this.options.rounds && !this.ending.aborted; round += 1) {
      await this.runOne(scenario, this.options.seed + round);
    }
  }

  private async runOne(scenario: Scenario, seed: number): Promise<void> {
    const { name } = scenario;
    const folder = join(root, '.skein/faults', `${name}-${seed}`);
    await rm(folder, { recursive: true, force: true });
    const outcome = await this.outcomeOf(scenario, seed, folder);
    if (this.ending.aborted) return;
    this.summary.add(outcome);
    const { faults, acknowledged, convergedMs } = outcome;
    if (faults.length === 0) {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      const seconds = (convergedMs / 1_000).toFixed(1);
      this.line(`✓ ${name}, seed ${seed}: ${acknowledged} writes, all done after ${seconds} s`);
      return;
    }
    this.summary.failed.push({ scenario: name, seed, faults, logs: folder });
    const again = `npm run faults -- --scenario ${name} --seed ${seed}`;
    this.line(`✗ ${name}, seed ${seed}: repeat with \`${again}\`; logs in ${folder}`);
    for (const fault of faults) this.line(`    ${fault}`);
  }

  /** Never throws; asked to end, it ends what the round started. */
  private async outcomeOf(scenario: Scenario, seed: number, folder: string): Promise<Outcome> {
    await using resources = new AsyncDisposableStack();
    const began = performance.now();
    const say = (text: string): void => {
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      this.line(`${seconds.padStart(8)} s  ${text}`);
    };
    const round = runRound({ scenario, seed, folder, say, resources });
    try {
      return await Promise.race([round, this.ended]);
    } catch (error) {
      round.catch(() => undefined);
      return { ...nothing, faults: [(error as Error).message] };
    }
  }
}
