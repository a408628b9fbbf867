import { Injectable } from '@nestjs/common';
import type { RepositoryUser } from '@skein/domain-repo';
import type { Transaction } from '@skein/postgres';
import { CHECKABLE, type CheckedRepository } from './checks.js';
import type { LateUser } from './repo.view.js';

interface Thing {
  readonly org: string;
  readonly uid: string;
}

interface User extends Thing {
  readonly kind: string;
}

const PAGE = 5_000;

const USERS = `
select distinct kind, uid from repo.referrers
where org = $1 and repository = $2 and reference = any($3::text[])
  and ($4::text is null or (kind, uid) > ($4, $5::uuid))
order by kind, uid limit ${PAGE}`;

/** References that nobody had before. */
const NOTE_NEW = `
insert into repo.contents (org, repository, reference)
select distinct r.org, r.repository, s.reference
from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (org, kind, uid)
join repo.referrers s on s.org = w.org and s.kind = w.kind and s.uid = w.uid
join repo.repositories r on r.org = s.org and r.name = s.repository and ${CHECKABLE}
order by r.org, r.repository, s.reference
on conflict do nothing
returning org, repository as uid`;

/** Those who said something before what they refer to was seen as it is, and were heard of after that. */
const LATE = `
select distinct r.org, r.repository, r.name, u.kind, u.uid
from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (org, kind, uid)
join repo.users u on u.org = w.org and u.kind = w.kind and u.uid = w.uid
join repo.referrers s on s.org = u.org and s.kind = u.kind and s.uid = u.uid
join repo.repositories r on r.org = s.org and r.name = s.repository and not r.deleted
join repo.contents c on c.org = r.org and c.repository = r.repository and c.reference = s.reference
where c.changed_at >= u.said_at
order by r.org, r.repository, u.kind, u.uid`;

const LOST = `
select org, repository as uid from repo.repositories r
where ${CHECKABLE} and not exists (
  select from repo.wants w where w.org = r.org and w.kind = 'repository' and w.uid = r.repository)
order by org, repository limit $1`;

const keysOf = (things: readonly Thing[]) => [
  things.map(({ org }) => org),
  things.map(({ uid }) => uid),
];

const userKeys = (users: readonly User[]) => [
  users.map(({ org }) => org),
  users.map(({ kind }) => kind),
  users.map(({ uid }) => uid),
];

/** Who refers to what in repositories, and which of these are to be looked at. */
@Injectable()
export class Watching {
  /** Everybody who refers to one of the references, page by page, each once. */
  async *usersOf(
    transaction: Transaction,
    { org, name }: Pick<CheckedRepository, 'org' | 'name'>,
    references: readonly string[],
  ): AsyncGenerator<RepositoryUser[]> {
    let page: RepositoryUser[];
    let last: RepositoryUser | undefined;
    do {
      const after = [last?.kind, last?.uid];
      page = await transaction.query<RepositoryUser>(USERS, [org, name, references, ...after]);
      last = page.at(-1);
      if (page.length > 0) yield page;
    } while (page.length === PAGE);
  }

  /** Notes what the users refer to as the first ones, and answers in which repositories. */
  noteNew(transaction: Transaction, users: readonly User[]): Promise<Thing[]> {
    return transaction.query<Thing>(NOTE_NEW, userKeys(users));
  }

  /** Those of the users who may have fetched what is not there any more, and were not there to be told. */
  late(transaction: Transaction, users: readonly User[]): Promise<LateUser[]> {
    return transaction.query<LateUser>(LATE, userKeys(users));
  }

  /** Those of the repositories that are to be looked at. */
  checkable(transaction: Transaction, things: readonly Thing[]): Promise<Thing[]> {
    return transaction.query<Thing>(
      `select r.org, r.repository as uid from repo.repositories r
       join unnest($1::uuid[], $2::uuid[]) as w (org, repository) using (org, repository)
       where ${CHECKABLE}`,
      keysOf(things),
    );
  }

  /** Repositories that are to be looked at, and that nobody ever will. */
  lost(transaction: Transaction, limit: number): Promise<Thing[]> {
    return transaction.query<Thing>(LOST, [limit]);
  }
}
