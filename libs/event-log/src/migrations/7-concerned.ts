import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log is searched by what events are about, and by whom they name, through an index that collects its entries and
 * merges many at once. The unique index of subjects and versions touched a page of its own for each event.
 */
export class Concerned1800000000006 implements MigrationInterface {
  readonly name = 'Concerned1800000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(dropUnique);
    await this.change(runner, /if kept\.name = 'events' then[\s\S]*?end if;\s*/, '');
    await runner.query(functions);
    await runner.query(index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
drop function log.merge_concerned();
drop index log.events_concerned;
drop function log.concerned(text, uuid, json);
drop function log.named_in(uuid, json)`);
    await this.change(runner, /(execute format\(\s*'alter table log\.%I attach)/, `${unique}$1`);
    await runner.query(makeUnique);
  }

  private async change(runner: QueryRunner, find: RegExp, replacement: string): Promise<void> {
    const [{ source }] = (await runner.query(
      `select pg_get_functiondef('log.make_partitions()'::regprocedure) as source`,
    )) as [{ source: string }];
    if (!find.test(source)) throw new Error('log.make_partitions is not as it was');
    await runner.query(source.replace(find, replacement));
  }
}

const unique = `if kept.name = 'events' then
        execute format('create unique index on log.%I (subject, version, kind, org)', partition);
      end if;
      `;

const dropUnique = `
do $$
declare
  made regclass;
begin
  for made in
    select i.indexrelid
    from pg_index i join pg_inherits h on h.inhrelid = i.indrelid
    where h.inhparent = 'log.events'::regclass and i.indisunique and not i.indisprimary
  loop
    execute format('drop index %s', made);
  end loop;
end $$`;

const makeUnique = `
do $$
declare
  kept regclass;
begin
  for kept in select inhrelid from pg_inherits where inhparent = 'log.events'::regclass loop
    execute format('create unique index on %s (subject, version, kind, org)', kept);
  end loop;
end $$`;

/**
 * The kinds that are in nearly all events name nobody else: they must not be searched for members. An event may hold
 * anything, and must enter the log all the same.
 */
const functions = `
create function log.named_in(subject uuid, data json) returns uuid[]
language plpgsql immutable parallel safe as $$
declare
  members json := case when json_typeof(data -> 'members') = 'array' then data -> 'members' else '[]' end;
begin
  return array_remove(
    array(select (m ->> 'device')::uuid from json_array_elements(members) m)
      || array[subject, (data ->> 'fleet')::uuid], null);
exception when others then
  return array[subject];
end $$;

create function log.concerned(kind text, subject uuid, data json) returns uuid[]
language sql immutable parallel safe as $$
  select case when kind in ('Device', 'Fleet', 'Repository') then array[subject] else log.named_in(subject, data) end
$$;
comment on function log.concerned is 'the subject of an event, and the fleet and the devices that it names';
`;

/** The list is merged by the replayer; were it left alone, an append would do it at this size (kB), and take its time. */
const index = `
create index events_concerned on log.events
  using gin (log.concerned(kind, subject, data)) with (fastupdate = on, gin_pending_list_limit = 65536);

create function log.merge_concerned() returns bigint
language sql security definer set search_path = pg_catalog as $$
  select coalesce(sum(gin_clean_pending_list(inhrelid)), 0)
  from pg_inherits where inhparent = 'log.events_concerned'::regclass
$$;
comment on function log.merge_concerned is 'merges what the indexes have collected; how many pages that was';
`;
