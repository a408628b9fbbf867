import { nameProblems } from '@skein/domain-resource';
import type { Queryable } from '@skein/postgres';
import type { Page, PageRequest } from './page.js';
import { RefusedRequest } from './refused-request.js';

/** The columns that every read has. */
export interface ReadRow {
  readonly uid: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly generation: number;
  readonly version: number;
  readonly createdAt: Date;
}

export const READ_COLUMNS =
  'r.uid, r.name, r.labels, r.generation, r.version, r.created_at as "createdAt"';

/** Reads the resources of a kind by name; its table is `r` in the statement, which ends before its `where`. */
export class Reader<Row extends ReadRow> {
  constructor(
    private readonly kind: string,
    private readonly table: string,
    private readonly select: string,
  ) {}

  /** @throws RefusedRequest when there is none */
  async one(database: Queryable, org: string, name: string): Promise<Row> {
    const found = await this.find(database, org, name);
    if (!found) throw RefusedRequest.notFound(this.kind, name);
    return found;
  }

  async page(database: Queryable, org: string, { limit, after }: PageRequest): Promise<Page<Row>> {
    const found = await database.query<Row>(
      `${this.select} where r.org = $1 and ($2::text is null or r.name > $2) order by r.name limit $3`,
      [org, after, limit + 1],
    );
    const rows = found.slice(0, limit);
    if (found.length <= limit) return { rows, next: undefined };
    const next = rows.at(-1)!.name;
    return { rows, next, remaining: await this.countAfter(database, org, next) };
  }

  private async find(database: Queryable, org: string, name: string): Promise<Row | undefined> {
    if (nameProblems(name).length > 0) return undefined;
    const [row] = await database.query<Row>(`${this.select} where r.org = $1 and r.name = $2`, [
      org,
      name,
    ]);
    return row;
  }

  private async countAfter(database: Queryable, org: string, name: string): Promise<number> {
    const [row] = await database.query<{ count: number }>(
      `select count(*) as count from ${this.table} where org = $1 and name > $2`,
      [org, name],
    );
    return row!.count;
  }
}
