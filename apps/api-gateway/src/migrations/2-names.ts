import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What everything is or was called: events have uids, and people know names, also of what is deleted. */
export class Names1800000000001 implements MigrationInterface {
  readonly name = 'Names1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(table);
    await runner.query(noting);
    await runner.query(backfill);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(undo);
  }
}

const named = { Device: 'devices', Fleet: 'fleets', Repository: 'repositories' };

const table = `
create table gateway.names (
  org uuid not null,
  uid uuid not null,
  kind text not null,
  name text collate "C" not null,
  primary key (org, uid)
);
create index on gateway.names (org, name, kind);
comment on table gateway.names is 'kept when what they name is deleted; names of template versions are heard, the others spoken';
`;

/** Noted where rows are inserted, so that whoever writes them cannot forget it: also a gateway of the release before. */
const noting = `
create function gateway.note_names() returns trigger
language plpgsql as $$
begin
  insert into gateway.names (org, uid, kind, name)
    select org, uid, tg_argv[0], name from made order by org, uid
    on conflict do nothing;
  return null;
end $$;
${Object.entries(named)
  .map(
    ([kind, rows]) => `
create trigger note_names after insert on gateway.${rows}
  referencing new table as made for each statement execute function gateway.note_names('${kind}');`,
  )
  .join('')}
`;

/**
 * Everything says its name in its first event. These events hold what users wrote: an escaped zero character, which
 * PostgreSQL cannot read in JSON, must not keep the migration from ending. What lives has its name in its row.
 */
const backfill = `
${Object.entries(named)
  .map(
    ([kind, rows]) => `
insert into gateway.names (org, uid, kind, name) select org, uid, '${kind}', name from gateway.${rows};`,
  )
  .join('')}
insert into gateway.names (org, uid, kind, name)
select org, uid, 'TemplateVersion', name from gateway.template_versions;
insert into gateway.names (org, uid, kind, name)
select distinct on (e.org, e.subject) e.org, e.subject, e.kind, e.data ->> 'name'
from log.events e
where e.kind in ('Device', 'Fleet', 'Repository', 'TemplateVersion') and e.version = 1
  and case when strpos(e.data::text, '\\u0000') = 0 then e.data ->> 'name' end is not null
order by e.org, e.subject
on conflict do nothing;
`;

const undo = `
drop trigger note_names on gateway.devices;
drop trigger note_names on gateway.fleets;
drop trigger note_names on gateway.repositories;
drop function gateway.note_names();
drop table gateway.names;
`;
