import type { Writers } from './load/writers.js';
import type { Random } from './random.js';
import type { StageNeeds } from './stage/needs.js';
import type { Stage } from './stage/stage.js';

/** What a scenario has in hand while the writers write. */
export interface Scene {
  readonly stage: Stage;
  readonly writers: Writers;
  readonly random: Random;
  /** Says what happens, for whoever watches. */
  readonly say: (text: string) => void;
  /** What must be ended when the round has been looked at; it goes on until then. */
  readonly atEnd: (end: () => Promise<void>) => void;
  /** What else must be right once all is done, within so many milliseconds; answers what is not. */
  readonly whenDone: (look: (withinMs: number) => Promise<readonly string[]>) => void;
  /** Entries leave a stream unhandled, or their handling is taken back: from now on the checkpoint may have holes to heal. */
  readonly loseEntries: () => void;
}

/** One way in which things break. A file of its own, and a line in the registry. */
export interface Scenario extends StageNeeds {
  readonly name: string;
  /** One line for `--list`. */
  readonly title: string;
  /** Takes seconds: part of `--quick`. */
  readonly quick: boolean;
  /** Breaks things while the API is written to; the fault has ended when this resolves. Throws when it cannot be shown. */
  readonly run: (scene: Scene) => Promise<void>;
  /** Why it cannot be run here; undefined when it can. */
  readonly obstacle?: () => string | undefined;
  /** After the end of the fault, everything must be done within so many milliseconds. */
  readonly convergeWithinMs?: number;
  /** It takes the gateway down, so that some API writes meet nobody. */
  readonly cutsApi?: boolean;
  /** It takes PostgreSQL away: meanwhile an API write may be answered with 503, which says to try again. */
  readonly cutsDatabase?: boolean;
  /** It kills consumers, or freezes them for long; their attempts then count as failed once. */
  readonly killsConsumers?: boolean;
}
