import type { Postgres } from '@skein/postgres';
import type { Numbering } from '../numbering/numbering.js';
import { Since } from './since.js';

/** Somebody who drew a position and has not ended. */
export interface Holder {
  /** Null for a prepared transaction, which has no process. */
  readonly pid: number | null;
  readonly application: string | null;
  readonly state: string | null;
  /** Age of the transaction. */
  readonly ageSeconds: number | null;
}

export interface NumberingFigures {
  /** The last number given. */
  readonly last: number;
  /** Age of the oldest event without a number, or of the oldest hole: 0 when nothing waits. */
  readonly delaySeconds: number;
  /** Stretches of positions that were drawn, and whose transactions may still commit. */
  readonly holes: number;
  /** Who may still fill the holes, oldest first. */
  readonly heldUpBy: readonly Holder[];
}

const OLDEST = `
select extract(epoch from clock_timestamp() - time)::double precision as age
from log.events where position > $1 order by position limit 1`;

const HOLDERS = `
select pid, application, state, age_seconds as "ageSeconds" from log.position_holders() limit 20`;

/** Reads how far behind the numbering is, and who holds it up. */
export class NumberingFiguresReader {
  private readonly holeSince = new Since();

  constructor(
    private readonly postgres: Postgres,
    private readonly numbering: Numbering,
  ) {}

  /** Undefined before the first round. */
  async read(): Promise<NumberingFigures | undefined> {
    const { reached } = this.numbering;
    if (!reached) return undefined;
    const { last, highest, holes } = reached;
    const [oldest] = await this.postgres.query<{ age: number }>(OLDEST, [highest]);
    const heldUpBy = holes.length > 0 ? await this.postgres.query<Holder>(HOLDERS) : [];
    const hole = this.holeSince.seconds(holes[0]?.low, Date.now()) ?? 0;
    const delaySeconds = Math.max(oldest?.age ?? 0, hole);
    return { last, delaySeconds, holes: holes.length, heldUpBy };
  }
}
