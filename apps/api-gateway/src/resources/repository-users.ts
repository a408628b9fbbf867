import { Injectable } from '@nestjs/common';
import { repositoriesOf } from '@skein/domain-resource';
import type { Transaction } from '@skein/postgres';
import type { Identity } from './kind-rules.js';
import { RefusedRequest } from './refused-request.js';

const NAMED = 10;

/** A repository that is being deleted is waited for; one that does not exist may be referred to. */
const LOCK = `
select 1 from gateway.repositories where org = $1 and name = any($2::text[])
order by name for key share`;

const FORGET = `
delete from gateway.repository_users
where org = $1 and uid = $2 and not (repository = any($3::text[]))`;

const NOTE = `
with forgotten as (${FORGET})
insert into gateway.repository_users (org, repository, kind, uid)
select $1, repository, $4, $2 from unnest($3::text[]) repository order by repository
on conflict do nothing`;

const USERS = `
select u.kind, coalesce(f.name, d.name) as name
from gateway.repository_users u
left join gateway.fleets f on f.org = u.org and f.uid = u.uid
left join gateway.devices d on d.org = u.org and d.uid = u.uid
where u.org = $1 and u.repository = $2
order by u.kind desc, name`;

/** Which fleets and devices refer to which repositories. */
@Injectable()
export class RepositoryUsers {
  async note(
    transaction: Transaction,
    kind: 'Fleet' | 'Device',
    { org, uid }: Identity,
    spec: object | null | undefined,
  ): Promise<void> {
    const repositories = repositoriesOf(spec ?? {});
    if (repositories.length > 0) await transaction.query(LOCK, [org, repositories]);
    await transaction.query(NOTE, [org, uid, repositories, kind]);
  }

  async forget(
    transaction: Transaction,
    { org, uid }: { org: string; uid: string },
  ): Promise<void> {
    await transaction.query(FORGET, [org, uid, []]);
  }

  /** @throws RefusedRequest naming the users when there are any */
  async requireNone(
    transaction: Transaction,
    { org, name }: { org: string; name: string },
  ): Promise<void> {
    const users = await transaction.query<{ kind: string; name: string }>(USERS, [org, name]);
    if (users.length === 0) return;
    const named = users.slice(0, NAMED).map((user) => `${user.kind} ${user.name}`);
    const more = users.length > NAMED ? ` and ${users.length - NAMED} more` : '';
    throw new RefusedRequest(
      'conflict',
      `Repository ${name} is referred to by ${named.join(', ')}${more}: change or delete them first`,
    );
  }
}
