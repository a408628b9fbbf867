import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the replayer says once a second about each stream and about the numbering, for everybody to read. */
export class Figures1800000000001 implements MigrationInterface {
  readonly name = 'Figures1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(holders);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop function log.position_holders(); drop table log.numbering_figures, log.stream_figures',
    );
  }
}

const tables = `
create table log.stream_figures (
  service text not null,
  partition integer not null,
  figures jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (service, partition)
) with (fillfactor = 50);

create table log.numbering_figures (
  one boolean primary key default true check (one),
  figures jsonb not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);
`;

/**
 * The transactions that drew a position and have not ended, oldest first. Runs with the
 * rights of whoever migrated: one role does not see what another one's backend does.
 */
const holders = `
create function log.position_holders()
returns table (pid integer, application text, state text, age_seconds double precision)
language sql stable security definer set search_path = pg_catalog as $$
  select l.pid, coalesce(a.application_name, 'a prepared transaction ' || p.gid), a.state,
         extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared))::double precision
  from pg_locks l
  left join pg_stat_activity a on a.pid = l.pid
  left join pg_prepared_xacts p on l.pid is null and p.transaction::text = split_part(l.virtualtransaction, '/', 2)
  where l.relation = 'log.event_position'::regclass and l.mode = 'RowExclusiveLock'
    and l.database = (select oid from pg_database where datname = current_database())
  order by 4 desc nulls first
$$;
`;
