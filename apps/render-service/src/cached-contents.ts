import { Injectable } from '@nestjs/common';
import type { CacheScope } from '@skein/cache';
import type { Delivered, RepositoryUsersWoken, TemplateVersionCreated } from '@skein/events';
import type { Queryable, Transaction } from '@skein/postgres';

/** What of a template version may be in the cache. */
export interface CachedContent {
  readonly scope: CacheScope;
  /** Name of the repository; empty for secrets. */
  readonly repository: string;
}

interface Row {
  readonly org: string;
  readonly fleet: string;
  readonly templateVersion: string;
  readonly repository: string;
}

const NOTE = `
insert into render.cached as c (org, template_version, repository, fleet) values ($1, $2, $3, $4)
on conflict (org, template_version, repository) do update set stale = false where c.stale`;

const OLDER = `
update render.cached c set stale = true
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as e (org, fleet, newest)
where c.org = e.org and c.fleet = e.fleet and c.template_version <> e.newest and not c.stale`;

const OF_FLEETS = `
update render.cached c set stale = true from unnest($1::uuid[], $2::uuid[]) as e (org, fleet)
where c.org = e.org and c.fleet = e.fleet and not c.stale`;

const OF_REPOSITORIES = `
update render.cached c set stale = true from unnest($1::uuid[], $2::text[]) as e (org, repository)
where c.org = e.org and c.repository = e.repository and not c.stale`;

const STALE = `
select org, fleet, template_version as "templateVersion", repository from render.cached
where stale order by org limit $1`;

const FORGET = `
delete from render.cached c
using unnest($1::uuid[], $2::uuid[], $3::text[]) as e (org, template_version, repository)
where c.org = e.org and c.template_version = e.template_version
  and c.repository = e.repository and c.stale`;

function orgsOf(events: readonly Delivered[]): string[] {
  return events.map(({ event }) => event.org);
}

/** Which contents may be in the cache, and which of them are to be dropped. */
@Injectable()
export class CachedContents {
  /** Before anything is put there. */
  async note(database: Queryable, { scope, repository }: CachedContent): Promise<void> {
    const { org, fleet, templateVersion } = scope;
    await database.query(NOTE, [org, templateVersion, repository, fleet]);
  }

  /** A fleet's older template versions are about to be needed by nobody. */
  async markOlder(
    transaction: Transaction,
    events: readonly Delivered<TemplateVersionCreated>[],
  ): Promise<void> {
    const fleets = events.map(({ event }) => event.data.fleet);
    const newest = events.map(({ event }) => event.subject);
    await transaction.query(OLDER, [orgsOf(events), fleets, newest]);
  }

  async markFleets(transaction: Transaction, events: readonly Delivered[]): Promise<void> {
    const fleets = events.map(({ event }) => event.subject);
    await transaction.query(OF_FLEETS, [orgsOf(events), fleets]);
  }

  async markRepositories(
    transaction: Transaction,
    events: readonly Delivered<RepositoryUsersWoken>[],
  ): Promise<void> {
    const names = events.map(({ event }) => event.data.name);
    await transaction.query(OF_REPOSITORIES, [orgsOf(events), names]);
  }

  /** Some of those that are to be dropped. */
  async stale(database: Queryable, limit: number): Promise<CachedContent[]> {
    const rows = await database.query<Row>(STALE, [limit]);
    return rows.map(({ repository, ...scope }) => ({ scope, repository }));
  }

  /** Once they were dropped; one that was put there anew meanwhile stays. */
  async forget(database: Queryable, contents: readonly CachedContent[]): Promise<void> {
    await database.query(FORGET, [
      contents.map(({ scope }) => scope.org),
      contents.map(({ scope }) => scope.templateVersion),
      contents.map(({ repository }) => repository),
    ]);
  }
}
