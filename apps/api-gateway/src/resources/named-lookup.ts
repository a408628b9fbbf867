import { nameProblems } from '@skein/domain-resource';
import { Batched } from './batched.js';
import { ByOrganisation } from './by-organisation.js';
import type { OrganisationDatabases } from './organisation-database.js';

interface Found {
  readonly uid: string | null;
}

/** Looks things up by their names, for all who ask at the same time in an organisation with one statement. */
export class NamedLookup<Row extends { readonly uid: string }> {
  private readonly batches: ByOrganisation<Batched<string, Found>>;

  /** @param select one thing, of which `k.org` and `k.name` are known */
  constructor(organisations: OrganisationDatabases, select: string) {
    // By `offset 0` each is looked up by the indexes, however many they are and whatever the statistics say.
    const sql = `
select found.* from unnest($2::text[]) with ordinality as n (name, place)
cross join lateral (select $1::uuid as org, n.name) k
left join lateral (${select} offset 0) found on true
order by n.place`;
    this.batches = new ByOrganisation(
      (org) => new Batched((names) => organisations.of(org).query<Found>(sql, [org, names])),
    );
  }

  /** Undefined when there is none of this name. */
  async find(org: string, name: string): Promise<Row | undefined> {
    if (nameProblems(name).length > 0) return undefined;
    const found = await this.batches.of(org).get(name);
    return found.uid === null ? undefined : (found as Row);
  }
}
