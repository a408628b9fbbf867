import { Injectable } from '@nestjs/common';
import type { RepositoryUser } from '@skein/domain-repo';
import type { Queryable, Transaction } from '@skein/postgres';

/** A secret that somebody in an organisation refers to. */
export interface UsedSecret {
  readonly org: string;
  /** As `secretReference` has it. */
  readonly reference: string;
}

/** Somebody who may have fetched what a secret was before. */
export interface LateSecretUser extends UsedSecret, RepositoryUser {}

interface User {
  readonly org: string;
  readonly kind: string;
  readonly uid: string;
}

/** Each once, however many refer to it: one step of an index for each. */
const IN_USE = `
with recursive used as (
  (select org, reference from repo.referrers where repository = '' order by org, reference limit 1)
  union all
  select n.org, n.reference from used u cross join lateral (
    select org, reference from repo.referrers
    where repository = '' and (org, reference) > (u.org, u.reference)
    order by org, reference limit 1) n
)
select org, reference from used`;

const SEE = `
insert into repo.secrets as s (org, reference, revision, changed_at) values ($1, $2, $3, now())
on conflict (org, reference) do update set revision = excluded.revision, changed_at = now()
  where s.revision is distinct from excluded.revision
returning 1`;

const LATE = `
select distinct u.org, s.reference, u.kind, u.uid
from unnest($1::uuid[], $2::text[], $3::uuid[]) as w (org, kind, uid)
join repo.users u on u.org = w.org and u.kind = w.kind and u.uid = w.uid
join repo.referrers r on r.org = u.org and r.kind = u.kind and r.uid = u.uid and r.repository = ''
join repo.secrets s on s.org = r.org and s.reference = r.reference and s.revision is not null
where s.changed_at >= u.said_at
order by u.org, s.reference, u.kind, u.uid`;

/** Which secrets are referred to, and in which version they were seen last. */
@Injectable()
export class WatchedSecrets {
  inUse(database: Queryable): Promise<UsedSecret[]> {
    return database.query<UsedSecret>(IN_USE);
  }

  /** Notes which version there is, undefined for none; answers whether that is another one than before. */
  async see(
    transaction: Transaction,
    { org, reference }: UsedSecret,
    revision: string | undefined,
  ): Promise<boolean> {
    const changed = await transaction.query(SEE, [org, reference, revision ?? null]);
    return changed.length > 0;
  }

  /** Those of the users who said something before a secret was seen as it is, and were heard of after that. */
  late(transaction: Transaction, users: readonly User[]): Promise<LateSecretUser[]> {
    return transaction.query<LateSecretUser>(LATE, [
      users.map(({ org }) => org),
      users.map(({ kind }) => kind),
      users.map(({ uid }) => uid),
    ]);
  }
}
