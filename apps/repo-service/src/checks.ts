import { Injectable } from '@nestjs/common';
import type { SeenReference } from '@skein/domain-repo';
import type { RepositoryAccessChecked } from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';
import type { DescribedRepository } from '@skein/sources';

/** A reference with what was seen of it. */
export interface KeptReference extends SeenReference {
  /** False: nobody refers to it, and it is looked at for the access only. */
  readonly referred: boolean;
}

/** A repository that is about to be looked at. */
export interface CheckedRepository extends DescribedRepository {
  /** Number of the event that its spec is from. */
  readonly number: number;
  /** What was said of it last. */
  readonly last: RepositoryAccessChecked | null;
  readonly kept: readonly KeptReference[];
}

interface Thing {
  readonly org: string;
  readonly uid: string;
}

/** What stands for the repository itself. */
export const ITSELF = 'repository';
/** Without a sign of life for so long, whoever looks at a repository is thought dead. */
const CHECKING_SECONDS = 5;

/** Living, and known as its newest event describes it. */
export const CHECKABLE = `not r.deleted and r.name is not null and r.spec is not null
  and r.described_number = r.spec_number`;

const COLUMNS = `r.org, r.repository as uid, r.name, r.spec, r.credentials, r.spec_number as number,
  case when r.accessible is null then null else json_build_object(
    'accessible', r.accessible, 'reason', r.access_reason, 'message', r.access_message) end as last`;

const BEGIN = `
update repo.repositories r set checking_until = now() + make_interval(secs => ${CHECKING_SECONDS})
where org = $1 and repository = $2 and ${CHECKABLE}
  and (checking_until is null or checking_until < now())
returning ${COLUMNS}`;

/** Each reference once, however many refer to it: one step of an index for each. */
const KEPT = `
with recursive named as (
  (select min(reference) as reference from repo.referrers where org = $1 and repository = $3)
  union all
  select (select min(s.reference) from repo.referrers s
          where s.org = $1 and s.repository = $3 and s.reference > n.reference)
  from named n where n.reference is not null
), watched as (
  select reference, true as referred from named where reference is not null
  union all
  select '${ITSELF}', false where not exists (select from named where reference = '${ITSELF}')
)
select w.reference, w.referred, c.revision, c.validators, c.failure
from watched w
left join repo.contents c on c.org = $1 and c.repository = $2 and c.reference = w.reference`;

const SAVE_SEEN = `
insert into repo.contents as c (org, repository, reference, revision, validators, failure, changed_at)
select $1, $2, reference, revision, validators, failure, now()
from unnest($3::text[], $4::text[], $5::text[], $6::text[]) as s (reference, revision, validators, failure)
order by reference
on conflict (org, repository, reference) do update set
  revision = excluded.revision, validators = excluded.validators, failure = excluded.failure,
  changed_at = case when (c.revision, c.failure) is distinct from (excluded.revision, excluded.failure)
    then now() else c.changed_at end`;

/** What was seen in repositories. Its methods take a transaction where several of them belong together. */
@Injectable()
export class Checks {
  /**
   * Begins to look at a repository: nobody else does until {@link end}, or for ten seconds without a sign of life.
   * Undefined when it is not to be looked at, or somebody looks at it.
   */
  async begin(database: Queryable, { org, uid }: Thing): Promise<CheckedRepository | undefined> {
    const [found] = await database.query<CheckedRepository>(BEGIN, [org, uid]);
    return found && { ...found, kept: await this.kept(database, found) };
  }

  /** Gives a sign of life. */
  async prolong(database: Queryable, { org, uid }: Thing): Promise<void> {
    await database.query(
      `update repo.repositories set checking_until = now() + make_interval(secs => ${CHECKING_SECONDS})
       where org = $1 and repository = $2`,
      [org, uid],
    );
  }

  async end(database: Queryable, { org, uid }: Thing): Promise<void> {
    await database.query(
      'update repo.repositories set checking_until = null where org = $1 and repository = $2',
      [org, uid],
    );
  }

  /** Whether it is to be looked at, as it is now. */
  async current(
    database: Queryable,
    { org, uid }: Thing,
  ): Promise<Omit<CheckedRepository, 'kept'> | undefined> {
    const [found] = await database.query<CheckedRepository>(
      `select ${COLUMNS} from repo.repositories r where org = $1 and repository = $2 and ${CHECKABLE}`,
      [org, uid],
    );
    return found;
  }

  /** Everything that is to be looked at in it, with what was seen last. */
  kept(
    database: Queryable,
    { org, uid, name }: Pick<CheckedRepository, 'org' | 'uid' | 'name'>,
  ): Promise<KeptReference[]> {
    return database.query<KeptReference>(KEPT, [org, uid, name]);
  }

  async saveAccess(
    transaction: Transaction,
    { org, uid }: Thing,
    { accessible, reason, message }: RepositoryAccessChecked,
  ): Promise<void> {
    await transaction.query(
      `update repo.repositories set accessible = $3, access_reason = $4, access_message = $5
       where org = $1 and repository = $2`,
      [org, uid, accessible, reason, message],
    );
  }

  async saveSeen(
    transaction: Transaction,
    { org, uid }: Thing,
    seen: readonly SeenReference[],
  ): Promise<void> {
    if (seen.length === 0) return;
    await transaction.query(SAVE_SEEN, [
      ...[org, uid, seen.map(({ reference }) => reference)],
      ...[seen.map(({ revision }) => revision), seen.map(({ validators }) => validators)],
      seen.map(({ failure }) => failure),
    ]);
  }

  /** Forgets what was seen where nobody refers to it any more. */
  async dropUnreferred(
    transaction: Transaction,
    { org, uid, name }: Pick<CheckedRepository, 'org' | 'uid' | 'name'>,
  ): Promise<void> {
    await transaction.query(
      `delete from repo.contents c
       where org = $1 and repository = $2 and reference <> '${ITSELF}' and not exists (
         select from repo.referrers s
         where s.org = $1 and s.repository = $3 and s.reference = c.reference)`,
      [org, uid, name],
    );
  }

  /** Forgets everything that was seen in a repository. */
  async forget(database: Queryable, { org, uid }: Thing): Promise<void> {
    await database.query('delete from repo.contents where org = $1 and repository = $2', [
      org,
      uid,
    ]);
  }
}
