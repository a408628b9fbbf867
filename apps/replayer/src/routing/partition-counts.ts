import { groups } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/**
 * How far ahead of the log a change of routing begins: whoever reads the log then has seen it
 * before anything that it concerns is there. What came between would be healed, but late.
 */
export const NUMBERS_AHEAD = 1_000;

/** An empty log has nobody who reads it: the count holds from its first event. */
const SET = `
with tip as (
  select case when count(*) = 0 then 0 else max(sequence) + ${NUMBERS_AHEAD} end as ahead
  from (select sequence from log.sequence order by sequence desc limit 1) as last
), changed as (
  insert into log.partition_counts (service, from_number, count)
  select service, tip.ahead, $2 from unnest($1::text[]) as service, tip
  where $2 <> coalesce((select p.count from log.partition_counts p
                        where p.service = service order by p.from_number desc limit 1), 1)
  order by service
  on conflict (service, from_number) do update set count = excluded.count
  returning service
)
insert into log.checkpoints (service, partition, number)
select c.service, p, (select coalesce(max(sequence), 0) from log.sequence)
from changed join log.checkpoints c on c.service = changed.service and c.partition = 0
cross join generate_series(1, $2::integer - 1) p
order by 1, 2
on conflict do nothing
returning service`;

/** Counts that were replaced by ones which all checkpoints have reached, and such as are the default. */
const FORGET = `
with reached as (
  select service, min(number) as number from log.checkpoints group by service
)
delete from log.partition_counts old using reached r
where r.service = old.service and exists (
  select from log.partition_counts newer
  where newer.service = old.service and newer.from_number > old.from_number
    and newer.from_number <= r.number)`;

/** Into how many partitions the streams of the services are divided, from which number on. */
export class PartitionCounts {
  constructor(private readonly database: Queryable) {}

  /** Lets every service have so many partitions, from a little after the end of the log on. */
  async set(count: number): Promise<void> {
    await this.database.query(SET, [[...groups], count]);
  }

  /** What no event needs any more. */
  async forget(): Promise<void> {
    await this.database.query(FORGET);
  }
}
