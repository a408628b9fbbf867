import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Added, Window } from '../publishing/window.js';

/** Numbers that one look counts at the most; a longer backlog is counted over several looks. */
const NUMBERS_AT_ONCE = 200_000;

const COUNT = 'select count(*) as count from log.heard($1, $2, $3, $4, null)';

export interface Range {
  readonly checkpoint: number;
  /** The last number given. */
  readonly last: number;
  /** Changes when the service hears another type. */
  readonly hearings: number;
}

export interface Counted {
  readonly events: number;
  /** Whether all of them are counted; if not, there are at least so many. */
  readonly complete: boolean;
}

/** Where a look begins in the log: above the window. */
interface Place {
  readonly from: number;
  readonly hearings: number;
  /** What had been added to the window by then. */
  readonly added: Added;
  readonly count: number;
}

/** What was counted from there, and up to where. */
interface Waiting extends Place {
  readonly countedTo: number;
  readonly events: number;
}

function follows({ from, hearings, added }: Place, before: Waiting): boolean {
  const same = hearings === before.hearings && added === before.added;
  return same && from >= before.from && from < before.countedTo;
}

/**
 * Counts the events above the checkpoint that a service hears: what is in the stream, which its publisher knows, and
 * what waits in the log. Of the latter each look counts only what was numbered since the one before.
 */
export class Backlog {
  private waiting: Waiting | undefined;

  constructor(
    private readonly database: Queryable,
    private readonly stream: { readonly group: Group; readonly partition: number },
    private readonly window: Window,
  ) {}

  async look({ checkpoint, last, hearings }: Range): Promise<Counted> {
    const { window } = this;
    const { added } = window;
    const from = Math.max(window.last ?? 0, checkpoint);
    const inStream = window.countAbove(checkpoint);
    const now = { from, hearings, added, count: added.count };
    const before = this.goesOn(now, last);
    const above = before?.countedTo ?? from;
    const countedTo = Math.max(above, Math.min(last, above + NUMBERS_AT_ONCE));
    const events = (before?.events ?? 0) + (await this.count(above, countedTo));
    this.waiting = { ...now, countedTo, events };
    return { events: inStream + events, complete: countedTo >= last };
  }

  /** What is left of the look before: without what entered the window, when that is all that happened to it. */
  private goesOn(now: Place, last: number) {
    const { waiting } = this;
    if (!waiting || !follows(now, waiting) || waiting.countedTo > last) return undefined;
    if (now.from !== waiting.from && now.from !== this.window.last) return undefined;
    const { countedTo, events } = waiting;
    return { countedTo, events: events - (now.count - waiting.count) };
  }

  private async count(above: number, upTo: number): Promise<number> {
    if (upTo <= above) return 0;
    const { group, partition } = this.stream;
    const [row] = await this.database.query<{ count: number }>(COUNT, [
      ...[group, partition],
      ...[above, upTo],
    ]);
    return row!.count;
  }
}
