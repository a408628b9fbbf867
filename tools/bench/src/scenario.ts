import type { Closing } from './closing.js';
import type { ScenarioDescription } from './options.js';
import type { Servers } from './servers.js';

/** What a scenario works with. */
export interface Bench {
  readonly servers: Servers;
  readonly runs: number;
  /** What of it is wanted. */
  readonly parts: readonly string[];
  /** How many events are in the log beforehand; undefined for scenarios that do not say so. */
  readonly events: number | undefined;
  /** Closes what the scenario opened, also when it is interrupted. */
  readonly closing: Closing;
  /** Says what is going on. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  /** For people. */
  readonly text: string;
  /** For machines: the last line. */
  readonly figures: Readonly<Record<string, number | undefined>>;
}

export interface Scenario extends ScenarioDescription {
  run(bench: Bench): Promise<Outcome>;
}
