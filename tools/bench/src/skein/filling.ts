import { EVENT, ROOM } from '../engine.js';
import { DEVICES, uidOf } from '../payload.js';
import type { SkeinLog } from './skein-log.js';

/** Events that one statement puts into the log. */
const AT_ONCE = 100_000;

/**
 * Events with their numbers, as the appender and the replayer would have written them one after the
 * other, from index $1 to $2.
 */
const FILL = `
with filled as (
  insert into log.events (id, org, kind, subject, version, type, source, data)
  select gen_random_uuid(), $4, $5, ($3::uuid[])[1 + k % ${DEVICES}], k / ${DEVICES} + 1, $6, $7,
         format('{"labels":{"site":"site-%s","ring":"early","revision":"%s"}}', k % 100, k)::json
  from generate_series($1::bigint, $2::bigint) k order by k
  returning position, type, org, subject
)
insert into log.sequence (sequence, position, type, org_slot, subject_slot)
select $1 + row_number() over (order by position), position, type,
       log.org_slot(org), log.subject_slot(org, subject)
from filled`;

const SUBJECTS = `
insert into log.subjects (org, kind, subject, version)
select $3, $4, subject, ($2 - place) / ${DEVICES} + 1
from unnest($1::uuid[]) with ordinality as device (subject, place)
where place <= $2::bigint`;

/** So that nothing that real life does in the background falls into the measurement. */
const SETTLE = [
  'update log.settled set (position, number) = (select max(position), max(sequence) from log.sequence)',
  'vacuum (analyze) log.events, log.sequence, log.subjects',
  'checkpoint',
];

/** Fills an empty log, numbers included, faster than the engine does: nobody is told. */
export async function fill({ pool }: SkeinLog, count: number): Promise<void> {
  const { org, kind, type, source } = EVENT;
  const { rows } = await pool.query<{ id: number }>(
    'select id from log.register_types($1) where name = $2',
    [[type], type],
  );
  const uids = Array.from({ length: DEVICES }, (_value, device) => uidOf(device));
  for (let from = 0; from < count; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, count) - 1;
    await pool.query(FILL, [from, to, uids, org, kind, rows[0]!.id, source]);
    await pool.query('select log.make_partitions()');
  }
  await pool.query(SUBJECTS, [uids, count, org, kind]);
  for (const sql of SETTLE) await pool.query(sql);
}

/** The service has handled all up to a number, and has nothing more to do with it. */
export async function passOver({ pool }: SkeinLog, upTo: number): Promise<void> {
  await pool.query(
    'insert into log.checkpoints (service, partition, number, pruned) values ($1, 0, $2, $2)',
    [ROOM, upTo],
  );
}
