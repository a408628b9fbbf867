import type { Group } from '@skein/events';
import type { Postgres, Queryable } from '@skein/postgres';
import type { Logger } from '@skein/telemetry';
import type { Stream } from '../publishing/stream.js';

/**
 * Redis gives a candidate: without pending entries, the number before the next heard
 * event that is not delivered, or the last number if there is none; one statement, so
 * that no event can come between the two.
 */
const CANDIDATE = `
select c.number as checkpoint, c.pruned,
       least(tip.last, coalesce($3::bigint - 1, next.sequence - 1, tip.last)) as candidate
from log.checkpoints c
cross join (select coalesce(max(sequence), 0) as last from log.sequence) tip
cross join (
  select min(s.sequence) as sequence from log.hearings h
  cross join lateral (
    select sequence from log.sequence
    where type = h.type and sequence > greatest($2::bigint, h.from_sequence - 1)
    order by sequence limit 1
  ) s
  where h.service = $1
) next
where c.service = $1 and c.partition = 0`;

/** Every heard event below the candidate that is neither handled nor durably put away is tried again now. */
const healHoles = (schema: Group) => `
insert into ${schema}.retries (number, attempts, due, reason)
select s.sequence, 0, now(), 'it was delivered or lost without being handled'
from log.hearings h
join log.sequence s on s.type = h.type and s.sequence >= h.from_sequence
where h.service = '${schema}' and s.sequence > $1 and s.sequence <= $2
  and not exists (select from ${schema}.inbox where number = s.sequence)
  and not exists (select from ${schema}.retries where number = s.sequence)
  and not exists (select from ${schema}.parked where number = s.sequence)
order by s.sequence
on conflict do nothing
returning number`;

/** Bounded on both sides: an open-ended delete slows down with every dead row. */
const prune = (schema: Group) => `
delete from ${schema}.inbox i where i.number > $1 and i.number <= $2
  and not exists (select from ${schema}.retries r where r.number = i.number)
  and not exists (select from ${schema}.parked p where p.number = i.number)`;

/**
 * Only from where it was read. Another replayer may have moved it, and pruned the inbox:
 * what this one would then miss there is not lost but handled.
 */
const MOVE = `
update log.checkpoints set number = $3, updated_at = now()
where service = $1 and partition = 0 and number = $2
returning number`;

interface Candidate {
  readonly checkpoint: number;
  readonly pruned: number;
  readonly candidate: number;
}

/** Moves one stream's checkpoint: what Redis says is only taken when PostgreSQL agrees. */
export class Checkpointer {
  constructor(
    private readonly postgres: Postgres,
    private readonly stream: Stream,
    private readonly logger: Logger,
  ) {}

  /** One step: confirm, save, prune, trim. Answers how many entries left the stream. */
  async step(): Promise<number> {
    const delivered = await this.stream.delivered();
    if (!delivered) return 0;
    const [found] = await this.postgres.query<Candidate>(CANDIDATE, [
      this.stream.group,
      delivered.last,
      delivered.pending ?? null,
    ]);
    if (!found) return 0;
    const checkpoint = Math.max(found.candidate, found.checkpoint);
    if (checkpoint > found.checkpoint) await this.move(found, checkpoint);
    return this.stream.trim(checkpoint);
  }

  private async move({ checkpoint, pruned }: Candidate, next: number): Promise<void> {
    const { group } = this.stream;
    const healed = await this.postgres.transaction(async (transaction) => {
      const moved = await transaction.query(MOVE, [group, checkpoint, next]);
      if (moved.length === 0) return undefined;
      return (await transaction.query(healHoles(group), [checkpoint, next])).length;
    });
    if (healed === undefined) return;
    if (healed > 0)
      this.logger.warn(
        { group, events: healed },
        'events that were lost on the way are tried again',
      );
    await this.pruneInbox(pruned, next);
  }

  private async pruneInbox(above: number, upTo: number): Promise<void> {
    const { group } = this.stream;
    await this.postgres.transaction(async (transaction: Queryable) => {
      await transaction.query(prune(group), [above, upTo]);
      await transaction.query(
        'update log.checkpoints set pruned = $2 where service = $1 and partition = 0 and pruned < $2',
        [group, upTo],
      );
    });
  }
}
