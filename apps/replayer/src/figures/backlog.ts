import type { Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';

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

/**
 * Counts the events above the checkpoint that a service hears. Each look counts only what
 * was numbered, and what the checkpoint has passed, since the one before.
 */
export class Backlog {
  private state = { checkpoint: 0, countedTo: 0, events: 0, hearings: -1 };

  constructor(
    private readonly database: Queryable,
    private readonly group: Group,
    private readonly partition: number,
  ) {}

  async look({ checkpoint, last, hearings }: Range): Promise<Counted> {
    const { state } = this;
    const follows = hearings === state.hearings && checkpoint >= state.checkpoint;
    const goesOn = follows && checkpoint < state.countedTo && state.countedTo <= last;
    const from = goesOn ? state.countedTo : checkpoint;
    const to = Math.min(last, from + NUMBERS_AT_ONCE);
    const before = goesOn ? state.events - (await this.count(state.checkpoint, checkpoint)) : 0;
    const events = before + (await this.count(from, to));
    this.state = { checkpoint, countedTo: Math.max(from, to), events, hearings };
    return { events, complete: to >= last };
  }

  private async count(above: number, upTo: number): Promise<number> {
    if (upTo <= above) return 0;
    const [row] = await this.database.query<{ count: number }>(COUNT, [
      ...[this.group, this.partition],
      ...[above, upTo],
    ]);
    return row!.count;
  }
}
