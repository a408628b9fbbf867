import { Injectable } from '@nestjs/common';
import type { Delivered, JsonObject, RepositorySpecUpdated } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { RepoView } from './repo.view.js';
import { usesOf, type Said, type Uses } from './uses.js';

type SpecUpdated = Delivered<RepositorySpecUpdated>;

const UNREFERRED = `
select u.kind, u.org, u.uid, u.number, e.time, u.deleted,
       coalesce(e.data -> 'template' -> 'spec', e.data -> 'spec') as spec
from repo.users u
join log.sequence s on s.sequence = u.number
join log.events e on e.position = s.position
where u.referred_number < u.number
order by u.org, u.kind, u.uid limit $1`;

const UNDESCRIBED = `
select r.org, r.repository, r.spec_number, e.data
from repo.repositories r
join log.sequence s on s.sequence = r.spec_number
join log.events e on e.position = s.position
where not r.deleted and r.described_number < r.spec_number
order by r.org, r.repository limit $1`;

const orgsOf = (things: readonly { readonly org: string }[]) => things.map(({ org }) => org);

/**
 * What a build that keeps less has folded: its events are read again from the log. So are those from before the
 * columns were there.
 */
@Injectable()
export class Recall {
  constructor(private readonly view: RepoView) {}

  /** Answers which fleets and devices that were. */
  async users(transaction: Transaction, limit: number): Promise<Uses[]> {
    const rows = await transaction.query<Said & { spec: JsonObject | null }>(UNREFERRED, [limit]);
    const uses = rows.map(({ spec, ...said }) => usesOf(said, said.deleted ? null : spec));
    if (uses.length > 0) {
      await this.view.lock(transaction, orgsOf(uses));
      await this.view.foldUses(transaction, uses);
    }
    return uses;
  }

  /** Answers which repositories that were. */
  async repositories(
    transaction: Transaction,
    limit: number,
  ): Promise<{ readonly org: string; readonly uid: string }[]> {
    const rows = await transaction.query<{
      readonly org: string;
      readonly repository: string;
      readonly spec_number: number;
      readonly data: RepositorySpecUpdated;
    }>(UNDESCRIBED, [limit]);
    const events = rows.map(({ org, repository: subject, spec_number: sequence, data }) => {
      return { sequence, event: { org, subject, data } } as SpecUpdated;
    });
    if (events.length > 0) {
      await this.view.lock(transaction, orgsOf(rows));
      await this.view.foldRepositories(transaction, events);
    }
    return rows.map(({ org, repository: uid }) => ({ org, uid }));
  }
}
