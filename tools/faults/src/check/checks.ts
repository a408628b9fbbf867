import { groups } from '@skein/events';

/** Something that must not be there at the end of a round. */
export interface Check {
  readonly name: string;
  /** One row with a text `what` for each fault. */
  readonly sql: string;
  /** Whether each fault is a loss, or something done twice. */
  readonly counts?: 'lost' | 'twice';
}

const last = '(select coalesce(max(sequence), 0) from log.sequence)';

/** Events that wait as a row of a service: they are not lost. */
const rows = groups
  .flatMap((group) =>
    ['retries', 'failed_members', 'parked', 'dead_letters'].map(
      (table) =>
        `select '${group}' as service, '${table}' as place, number, reason from ${group}.${table}`,
    ),
  )
  .join(' union all ');

const wants = ['validation', 'render', 'selector']
  .map(
    (service) =>
      `select '${service}.wants: ' || kind || ', ' || coalesce(reason, 'no reason') as what from ${service}.wants`,
  )
  .join(' union all ');

/** What must come to an end, in an order in which that it has not yet is found early. */
export const untilDone: readonly Check[] = [
  {
    name: 'a service without a checkpoint',
    sql: `select service as what from unnest('{${groups.join(',')}}'::text[]) service
          where service not in (select service from log.checkpoints)`,
  },
  {
    name: 'a checkpoint before the end of the log',
    sql: `select service || '.' || partition || ' at ' || number || ' of ' || ${last} as what
          from log.checkpoints where number <> ${last}`,
  },
  {
    name: 'an event that waits',
    sql: `select service || '.' || place || ': ' || number || ', ' || reason as what from (${rows}) r`,
  },
  { name: 'a decision that waits', sql: wants },
  {
    name: 'an event without a number',
    sql: `select kind || ' ' || subject || ' version ' || version as what from log.events e
          where not exists (select from log.sequence s where s.position = e.position)`,
  },
  {
    name: 'a number of no event, or an event with two',
    sql: `select 'number ' || n as what from generate_series(1, ${last}) n
          where not exists (select from log.sequence s where s.sequence = n)
          union all
          select 'position ' || position from log.sequence group by position having count(*) > 1`,
  },
  {
    name: 'a heard event that neither took effect nor waits',
    counts: 'lost',
    sql: `select h.service || ' ' || t.name || ' ' || s.sequence as what
          from log.hearings h
          join log.types t on t.id = h.type
          join log.sequence s on s.type = h.type and s.sequence >= h.from_sequence
          where not exists (select from faults.effects e
                            where e.service = h.service and e.number = s.sequence)
            and (h.service, s.sequence) not in (select service, number from (${rows}) r)
            and (h.service, s.sequence) not in (select service, number from faults.dropped)`,
  },
  {
    name: 'a device that was not matched with the fleet that its labels say',
    sql: `select g.name as what from gateway.devices g
          left join selector.devices s on s.org = g.org and s.device = g.uid
          left join gateway.fleets f on f.org = g.org and f.name = g.labels ->> 'fleet'
          where s.labels is distinct from g.labels or s.owner is distinct from f.uid
             or s.matched_labels_version is distinct from s.labels_version`,
  },
];

/** A rule is broken, though nothing is lost: the checkpoint had a hole to heal. */
export const unhandled: Check = {
  name: 'an event that was acknowledged, or left the stream, unhandled',
  sql: `select service || ' ' || number as what from faults.healed`,
};

/** What stays for ever, once it has happened. */
export const never: readonly Check[] = [
  {
    name: 'versions of a subject with a gap or a double, or out of order',
    sql: `select kind || ' ' || subject as what
          from log.events join log.sequence using (position)
          group by org, kind, subject
          having min(version) <> 1 or max(version) <> count(*)
              or array_agg(version order by sequence) <> array_agg(distinct version)`,
  },
  {
    name: 'an event that took effect more than once',
    counts: 'twice',
    sql: `select service || ' ' || number || ': ' || count(*) || ' times' as what
          from faults.effects group by service, number having count(*) > 1`,
  },
  {
    // Seen in the events themselves, whatever the inbox says: each change of labels is answered once at the most.
    name: 'a device that was matched more often than its labels changed',
    counts: 'twice',
    sql: `with answers as (
            select (member ->> 'device')::uuid as device, count(*) as count
            from log.events e join log.types t on t.id = e.type,
                 json_array_elements(e.data -> 'members') member
            where t.name like 'skein.matching.devices-matched.%' group by 1
          ), changes as (
            select e.subject as device, count(*) as count
            from log.events e join log.types t on t.id = e.type
            where t.name ~ '^skein.device.(created|labels-updated)' group by 1
          )
          select device || ': ' || answers.count || ' for ' || changes.count as what
          from answers join changes using (device) where answers.count > changes.count`,
  },
  unhandled,
  {
    name: 'an effect of what the service does not hear, or is not in the log',
    sql: `select e.service || ' ' || e.number as what from faults.effects e
          left join log.sequence s on s.sequence = e.number
          where not exists (select from log.hearings h
                            where h.service = e.service and h.type = s.type)`,
  },
  {
    // PostgreSQL ends one of the two, which is tried again: late, after an order of locks that is not everybody's.
    name: 'a deadlock, which the end of postgres.log describes',
    sql: `select deadlocks || ' of transactions' as what
          from pg_stat_database where datname = current_database() and deadlocks > 0`,
  },
];

/** $1 to $4: of each acknowledged write the kind, the object's name, its version, and the write's number. */
export const ACKNOWLEDGED_AND_NOT_IN_THE_LOG = `
with said as materialized (
  select org, kind, uid, version,
         coalesce(data -> 'labels' ->> 'write', data -> 'template' -> 'metadata' -> 'labels' ->> 'write',
                  substring(data -> 'spec' ->> 'url' from '[0-9]+$')) as write
  from faults.events where kind in ('Device', 'Fleet', 'Repository')
), named as (
  select org, kind, uid, data ->> 'name' as name from faults.events
  where type in ('device.created', 'fleet.created', 'repository.created')
), known as materialized (
  -- One write may change labels and spec: two events, of which the answer says the last one's version.
  select s.kind, n.name, s.write, l.version
  from said s
  join named n using (org, kind, uid)
  join said l on (l.org, l.kind, l.uid) = (s.org, s.kind, s.uid) and l.version - s.version in (0, 1)
)
select a.kind || ' ' || a.name || ' version ' || a.version as what
from unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) as a (kind, name, version, write)
left join known k using (kind, name, version, write)
where k.kind is null`;

/** $1: names of devices whose deletion was acknowledged, once for each time. */
export const REMOVED_AND_NOT_IN_THE_LOG = `
select 'deletion of device ' || name as what
from (select name, count(*) from unnest($1::text[]) name group by name) a
where count > (select count(*) from faults.events e
               where e.type = 'device.deleted' and e.data ->> 'name' = a.name)`;
