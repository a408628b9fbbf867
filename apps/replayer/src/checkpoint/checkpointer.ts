import { DETOUR, type Group } from '@skein/events';
import type { Postgres } from '@skein/postgres';
import type { Logger } from '@skein/telemetry';
import { END_OF_LOG } from '../publishing/heard-events.js';
import type { Stream } from '../publishing/stream.js';
import { pruneInbox } from './prune.js';

/**
 * Redis gives a candidate: without pending entries, the number before the next heard
 * event that is not delivered, or the last number if there is none; one statement, so
 * that no event can come between the two. A detour begins where a regular partition
 * stands, so it must not have passed that.
 */
const CANDIDATE = `
select c.number as checkpoint, tip.last,
       least(tip.last, coalesce($4::bigint - 1, next.sequence - 1, tip.last),
             case when $2 = ${DETOUR} then
               (select min(number) from log.checkpoints where service = $1 and partition <> ${DETOUR})
             end) as candidate
from log.checkpoints c
cross join (select coalesce(max(sequence), 0) as last from log.sequence) tip
left join log.heard($1, $2, $3, ${END_OF_LOG}, 1) next on true
where c.service = $1 and c.partition = $2`;

/** Every heard event below the candidate that is neither handled nor durably put away is tried again now. */
const healHoles = (schema: Group) => `
insert into ${schema}.retries (number, attempts, due, reason)
select missing.sequence, 0, now(), 'it was delivered or lost without being handled' from (
  select sequence from log.heard('${schema}', $1, $2, $3, null)
  except select number from ${schema}.inbox where number > $2 and number <= $3
  except select number from ${schema}.retries where number > $2 and number <= $3
  except select number from ${schema}.parked where number > $2 and number <= $3
) missing
order by missing.sequence
on conflict do nothing
returning number`;

/**
 * Only from where it was read. Another replayer may have moved it, and pruned the inbox:
 * what this one would then miss there is not lost but handled.
 */
const MOVE = `
update log.checkpoints set number = $4, updated_at = now()
where service = $1 and partition = $2 and number = $3
returning number`;

interface Candidate {
  readonly checkpoint: number;
  /** The last number given. */
  readonly last: number;
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
      ...this.place,
      delivered.last,
      delivered.pending ?? null,
    ]);
    // What a stream that is ahead of the log says is about other events: it is going to be rebuilt.
    if (!found || delivered.last > found.last) return 0;
    const checkpoint = Math.max(found.candidate, found.checkpoint);
    if (checkpoint > found.checkpoint) await this.move(found.checkpoint, checkpoint);
    if (this.stream.partition === 0) await pruneInbox(this.postgres, this.stream.group);
    return this.stream.trim(checkpoint);
  }

  private get place(): readonly [Group, number] {
    return [this.stream.group, this.stream.partition];
  }

  private async move(from: number, to: number): Promise<void> {
    const [group, partition] = this.place;
    const healed = await this.postgres.transaction(async (transaction) => {
      const moved = await transaction.query(MOVE, [group, partition, from, to]);
      if (moved.length === 0) return 0;
      return (await transaction.query(healHoles(group), [partition, from, to])).length;
    });
    if (healed > 0)
      this.logger.warn(
        { group, partition, events: healed },
        'events that were lost on the way are tried again',
      );
  }
}
