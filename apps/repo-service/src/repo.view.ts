import { Injectable } from '@nestjs/common';
import type { RepositoryUser } from '@skein/domain-repo';
import type { Delivered, RepositorySpecUpdated } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { Uses } from './uses.js';

export interface ChangedRepository {
  readonly org: string;
  readonly repository: string;
  readonly name: string;
}

/** Somebody who began to refer to a repository before a change that everybody was told of. */
export interface LateUser extends ChangedRepository, RepositoryUser {}

interface Thing {
  readonly org: string;
  readonly uid: string;
}

const PAGE = 5_000;

const FOLD_REPOSITORIES = `
insert into repo.repositories as r (org, repository, name, spec, credentials, spec_number, described_number)
select distinct on (org, repository) org, repository,
       max(name) over (partition by org, repository), spec, credentials, number, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::json[], $6::text[])
  as e (org, repository, number, name, spec, credentials)
order by org, repository, number desc
on conflict (org, repository) do update set
  name = coalesce(r.name, excluded.name),
  spec = case when excluded.described_number > r.described_number then excluded.spec else r.spec end,
  credentials = case when excluded.described_number > r.described_number
    then excluded.credentials else r.credentials end,
  described_number = greatest(r.described_number, excluded.described_number),
  spec_number = greatest(r.spec_number, excluded.spec_number)`;

const FOLD_DELETED_REPOSITORIES = `
insert into repo.repositories as r (org, repository, deleted, deleted_number)
select distinct on (org, repository) org, repository, true, number
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as e (org, repository, number)
order by org, repository, number desc
on conflict (org, repository) do update
  set deleted = true, deleted_number = excluded.deleted_number
  where excluded.deleted_number > r.deleted_number`;

const FOLD_USES = `
with latest as (
  select distinct on (org, kind, uid) org, kind, uid, number, time, names, referred, deleted
  from jsonb_to_recordset($1::jsonb)
    as e (org uuid, kind text, uid uuid, number bigint, time timestamptz, names text[], referred jsonb, deleted boolean)
  order by org, kind, uid, number desc
), folded as (
  insert into repo.users as u (org, kind, uid, number, referred_number, said_at, deleted)
  select org, kind, uid, number, number, time, deleted from latest order by org, kind, uid
  on conflict (org, kind, uid) do update set
    number = excluded.number, referred_number = excluded.number, said_at = excluded.said_at,
    deleted = excluded.deleted
    where excluded.number > u.number or (excluded.number = u.number and u.referred_number < u.number)
  returning org, kind, uid
), present as materialized (
  select l.org, l.kind, l.uid, l.names, l.referred from latest l join folded using (org, kind, uid)
), gone as (
  delete from repo.uses s using present p
  where s.org = p.org and s.kind = p.kind and s.uid = p.uid and s.repository <> all (p.names)
), referred as materialized (
  select p.org, r.repository, r.reference, p.kind, p.uid
  from present p cross join jsonb_to_recordset(p.referred) as r (repository text, reference text)
), left_alone as (
  delete from repo.referrers s using present p
  where s.org = p.org and s.kind = p.kind and s.uid = p.uid and not exists (
    select from referred r where r.org = s.org and r.kind = s.kind and r.uid = s.uid
      and r.repository = s.repository and r.reference = s.reference)
), refers as (
  insert into repo.referrers (org, repository, reference, kind, uid)
  select org, repository, reference, kind, uid from referred
  on conflict do nothing
)
insert into repo.uses (org, repository, kind, uid)
select p.org, name, p.kind, p.uid from present p cross join unnest(p.names) name
on conflict do nothing`;

const LOCK = `
select pg_advisory_xact_lock(key)
from (select distinct hashtextextended('repo/' || org, 0) as key
      from unnest($1::text[]) org order by key) k`;

const BEHIND = 'not deleted and name is not null and spec_number > woken_number';

const TELL = `
update repo.repositories r set woken_number = spec_number
from unnest($1::uuid[], $2::uuid[]) as w (org, repository)
where r.org = w.org and r.repository = w.repository and ${BEHIND}
returning r.org, r.repository, r.name`;

const LATE = `
select r.org, r.repository, r.name, u.kind, u.uid
from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (org, kind, uid)
join repo.users u on u.org = w.org and u.kind = w.kind and u.uid = w.uid
join repo.uses s on s.org = u.org and s.kind = u.kind and s.uid = u.uid
join repo.repositories r on r.org = s.org and r.name = s.repository
where not r.deleted and r.woken_number > u.number and r.spec_number = r.woken_number
order by r.org, r.repository, u.kind, u.uid`;

function keysOf(events: readonly Delivered[]): unknown[] {
  return [
    events.map(({ event }) => event.org),
    events.map(({ event }) => event.subject),
    events.map(({ sequence }) => sequence),
  ];
}

/** The tables of the repo service: repositories, and who refers to them by name. */
@Injectable()
export class RepoView {
  /** Only one transaction at a time folds or decides for an organisation; the order spares deadlocks. */
  async lock(transaction: Transaction, organisations: readonly string[]): Promise<void> {
    await transaction.query(LOCK, [organisations]);
  }

  /** Created or updated. */
  async foldRepositories(
    transaction: Transaction,
    events: readonly Delivered<RepositorySpecUpdated & { readonly name?: string }>[],
  ): Promise<void> {
    const all = events.map(({ event }) => event.data);
    await transaction.query(FOLD_REPOSITORIES, [
      ...keysOf(events),
      all.map(({ name }) => name),
      all.map(({ spec }) => JSON.stringify(spec)),
      all.map(({ credentials }) => credentials),
    ]);
  }

  async foldDeletedRepositories(
    transaction: Transaction,
    events: readonly Delivered[],
  ): Promise<void> {
    await transaction.query(FOLD_DELETED_REPOSITORIES, keysOf(events));
  }

  async foldUses(transaction: Transaction, uses: readonly Uses[]): Promise<void> {
    await transaction.query(FOLD_USES, [JSON.stringify(uses)]);
  }

  /** Those of the repositories that changed since their users were told; from now on they count as told. */
  tell(transaction: Transaction, things: readonly Thing[]): Promise<ChangedRepository[]> {
    return transaction.query<ChangedRepository>(TELL, [
      things.map(({ org }) => org),
      things.map(({ uid }) => uid),
    ]);
  }

  /** Everybody who refers to the repository, page by page. */
  async *usersOf(
    transaction: Transaction,
    { org, name }: ChangedRepository,
  ): AsyncGenerator<RepositoryUser[]> {
    let page: RepositoryUser[];
    let last: RepositoryUser | undefined;
    do {
      page = await transaction.query<RepositoryUser>(
        `select kind, uid from repo.uses
         where org = $1 and repository = $2 and ($3::text is null or (kind, uid) > ($3, $4::uuid))
         order by kind, uid limit ${PAGE}`,
        [org, name, last?.kind, last?.uid],
      );
      last = page.at(-1);
      yield page;
    } while (page.length === PAGE);
  }

  /** Those of the fleets and devices that came too late to be told of a repository's last change. */
  late(
    transaction: Transaction,
    users: readonly (Thing & { readonly kind: string })[],
  ): Promise<LateUser[]> {
    return transaction.query<LateUser>(LATE, [
      users.map(({ org }) => org),
      users.map(({ kind }) => kind),
      users.map(({ uid }) => uid),
    ]);
  }

  /** Repositories that changed since their users were told. */
  missed(transaction: Transaction, limit: number): Promise<Thing[]> {
    return transaction.query<Thing>(
      `select org, repository as uid from repo.repositories
       where ${BEHIND} order by org, repository limit $1`,
      [limit],
    );
  }
}
