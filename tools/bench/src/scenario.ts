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
  /** How many devices there are; undefined for scenarios that do not say so. */
  readonly devices: number | undefined;
  /** Whether each device gets a document of its own. */
  readonly distinct: boolean;
  /** Closes what the scenario opened, also when it is interrupted. */
  readonly closing: Closing;
  /** Says what is going on. */
  readonly say: (line: string) => void;
}

export interface Outcome {
  /** For people. */
  readonly text: string;
  /** For machines: the last line. */
  readonly figures: Readonly<Record<string, number | boolean | undefined>>;
}

export interface Scenario extends ScenarioDescription {
  /** Settings of PostgreSQL that it wants; it starts without them where it refuses them. */
  readonly settings?: Readonly<Record<string, string>>;
  run(bench: Bench): Promise<Outcome>;
}
