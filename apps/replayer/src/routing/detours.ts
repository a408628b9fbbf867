import { DETOUR, type Group } from '@skein/events';
import type { Queryable } from '@skein/postgres';
import type { Logger } from '@skein/telemetry';
import { END_OF_LOG } from '../publishing/heard-events.js';
import { NUMBERS_AHEAD } from './partition-counts.js';

/** A stream that is full, as its publisher knows it. */
export interface FullStream {
  readonly partition: number;
  readonly checkpoint: number;
  /** The next event follows after this number. */
  readonly from: number;
}

interface Busiest {
  readonly slot: number;
  /** Of the stream's entries, 0 to 1. */
  readonly part: number;
  /** Whether it takes the detour already. */
  readonly taken: boolean;
}

/** Whoever has a smaller part of a full stream is not who fills it. */
const SMALLEST_PART = 0.02;
/** Numbers that one look for other organisations passes. */
const NUMBERS_AT_ONCE = 100_000;

const BUSIEST = `
select org_slot as slot, count(*) / sum(count(*)) over () as part,
       exists (select from log.detours d where d.service = $1 and d.org_slot = h.org_slot
               and (d.to_number is null or d.to_number > $4)) as taken
from log.heard($1, $2, $3, $4, null) h group by org_slot order by count(*) desc limit 1`;

const OTHER = `
select sequence from log.heard($1, $2, $3, $4, null) where org_slot <> $5 limit 1`;

/** The detour's own checkpoint begins where all regular ones have come to, and stays behind them. */
const OPEN = `
with opened as (
  insert into log.detours (service, org_slot, from_number) values ($1, $2, $3)
  on conflict do nothing
)
insert into log.checkpoints (service, partition, number)
select $1, ${DETOUR}, min(number) from log.checkpoints where service = $1 and partition <> ${DETOUR}
on conflict do nothing`;

const CLOSE = `
update log.detours d set to_number = (select max(sequence) + ${NUMBERS_AHEAD} from log.sequence)
where d.service = $1 and d.to_number is null and not exists (
  select from log.heard($1, ${DETOUR}, (select number from log.checkpoints where service = $1 and partition = ${DETOUR}),
                        ${END_OF_LOG}, 1))
returning d.org_slot`;

const FORGET = `
delete from log.detours where service = $1
  and to_number <= (select min(number) from log.checkpoints where service = $1)`;

/**
 * Keeps one organisation's flood from holding back the others: while a stream is full and events of others wait
 * behind it, the organisation that has most in it takes a stream of its own, which the service
 * reads beside the regular ones. Once that is handled to its end, it comes back.
 */
export class Detours {
  /** Up to where nobody else was found behind the busiest one, for each partition. */
  private readonly lookedTo = new Map<number, { readonly slot: number; readonly number: number }>();

  constructor(
    private readonly database: Queryable,
    private readonly group: Group,
    private readonly logger: Logger,
    /** The last number in the detour's stream, 0 without one: what comes before it could not enter it any more. */
    private readonly endOfDetour: () => Promise<number>,
  ) {}

  /** Sends the busiest organisation of a full stream on the detour, if others wait behind it. */
  async relieve({ partition, checkpoint, from }: FullStream): Promise<void> {
    if (partition === DETOUR) return;
    const [busiest] = await this.database.query<Busiest>(BUSIEST, [
      ...[this.group, partition],
      ...[checkpoint, from],
    ]);
    // What the stream still has of one that takes it already goes by itself.
    if (!busiest || busiest.taken || Number(busiest.part) < SMALLEST_PART) return;
    const { slot } = busiest;
    if (!(await this.othersWait(slot, { partition, from }))) return;
    const start = Math.max(from, await this.endOfDetour());
    await this.database.query(OPEN, [this.group, slot, start]);
    this.logger.info(
      { group: this.group, partition, slot, from: start },
      'an organisation has so many events that it takes the detour: others wait behind it',
    );
  }

  /** Ends the detours once all that took them is handled, and forgets what is over. */
  async end(): Promise<void> {
    const closed = await this.database.query(CLOSE, [this.group]);
    if (closed.length > 0)
      this.logger.info({ group: this.group, organisations: closed.length }, 'the detour ends');
    await this.database.query(FORGET, [this.group]);
  }

  /** Goes on where the last look ended: no event is looked at twice. */
  private async othersWait(
    slot: number,
    { partition, from }: { readonly partition: number; readonly from: number },
  ): Promise<boolean> {
    const before = this.lookedTo.get(partition);
    const start = before?.slot === slot ? Math.max(before.number, from) : from;
    const end = start + NUMBERS_AT_ONCE;
    const place = [this.group, partition, start, end, slot];
    const found = await this.database.query<{ sequence: number }>(OTHER, place);
    if (found.length > 0) {
      this.lookedTo.delete(partition);
      return true;
    }
    const [{ last } = { last: 0 }] = await this.database.query<{ last: number }>(
      'select coalesce(max(sequence), 0) as last from log.sequence',
    );
    this.lookedTo.set(partition, { slot, number: Math.min(end, last) });
    return false;
  }
}
