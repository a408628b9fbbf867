import type { Deleted, Delivered, JsonObject, RepositorySpecUpdated } from '@skein/events';
import type { Queryable } from '@skein/postgres';

/** The view of repositories of a service that fetches from them, for its first migration. */
export function repositoriesTable(schema: string): string {
  return `
create table ${schema}.repositories (
  org uuid not null,
  repository uuid not null,
  name text,
  spec json,
  credentials text,
  spec_number bigint not null default 0,
  deleted boolean not null default false,
  primary key (org, repository)
);
create index on ${schema}.repositories (org, name) where not deleted;
`;
}

/** A repository as its events describe it. */
export interface KnownRepository {
  readonly org: string;
  readonly uid: string;
  readonly name: string;
  /** Without the credentials. */
  readonly spec: JsonObject;
  /** Id of the sealed credentials; null without any. */
  readonly credentials: string | null;
  /** Number of the event that its spec is from. */
  readonly number: number;
}

/** The repositories that a service heard of, in its own schema. */
export class Repositories {
  constructor(private readonly schema: string) {}

  /** Created or updated: the spec of the newest event stays, whatever the order of arrival. */
  async fold(
    transaction: Queryable,
    events: readonly Delivered<RepositorySpecUpdated & { readonly name?: string }>[],
  ): Promise<void> {
    await transaction.query(
      `insert into ${this.schema}.repositories as r (org, repository, name, spec, credentials, spec_number)
       select distinct on (org, repository) org, repository,
              max(name) over (partition by org, repository), spec, credentials, number
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[], $5::text[], $6::bigint[])
            as e (org, repository, name, spec, credentials, number)
       order by org, repository, number desc
       on conflict (org, repository) do update set
         name = coalesce(r.name, excluded.name),
         spec = case when excluded.spec_number > r.spec_number then excluded.spec else r.spec end,
         credentials = case when excluded.spec_number > r.spec_number then excluded.credentials else r.credentials end,
         spec_number = greatest(r.spec_number, excluded.spec_number)`,
      [
        events.map(({ event }) => event.org),
        events.map(({ event }) => event.subject),
        events.map(({ event }) => event.data.name),
        events.map(({ event }) => JSON.stringify(event.data.spec)),
        events.map(({ event }) => event.data.credentials),
        events.map(({ sequence }) => sequence),
      ],
    );
  }

  /** Deleted ones stay as tombstones, so that a late event does not bring them back. */
  async foldDeleted(transaction: Queryable, events: readonly Delivered<Deleted>[]): Promise<void> {
    await transaction.query(
      `insert into ${this.schema}.repositories (org, repository, name, deleted)
       select distinct on (org, repository) org, repository, name, true
       from unnest($1::uuid[], $2::uuid[], $3::text[]) as e (org, repository, name)
       order by org, repository
       on conflict (org, repository) do update set deleted = true`,
      [
        events.map(({ event }) => event.org),
        events.map(({ event }) => event.subject),
        events.map(({ event }) => event.data.name),
      ],
    );
  }

  /** The living repositories with these names, by name. */
  async named(
    database: Queryable,
    org: string,
    names: readonly string[],
  ): Promise<Map<string, KnownRepository>> {
    const rows = await database.query<KnownRepository>(
      `select org, repository as uid, name, spec, credentials, spec_number as number
       from ${this.schema}.repositories
       where org = $1 and name = any($2::text[]) and not deleted and spec is not null
       order by spec_number`,
      [org, names],
    );
    return new Map(rows.map((row) => [row.name, row]));
  }
}
