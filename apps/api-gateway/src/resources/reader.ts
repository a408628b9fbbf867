import { nameProblems } from '@skein/domain-resource';
import type { Queryable } from '@skein/postgres';
import type { Page } from './page.js';
import { RefusedRequest } from './refused-request.js';
import { readPage, type ListSource, type SelectedList } from './selection/selected-list.js';

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
export class Reader<Row extends ReadRow> implements ListSource {
  constructor(
    private readonly kind: string,
    readonly table: string,
    readonly select: string,
  ) {}

  /** @throws RefusedRequest when there is none */
  async one(database: Queryable, org: string, name: string): Promise<Row> {
    const found = await this.find(database, org, name);
    if (!found) throw RefusedRequest.notFound(this.kind, name);
    return found;
  }

  /** @throws RefusedRequest */
  page(database: Queryable, list: SelectedList): Promise<Page<Row>> {
    return readPage(database, this, list);
  }

  private async find(database: Queryable, org: string, name: string): Promise<Row | undefined> {
    if (nameProblems(name).length > 0) return undefined;
    const [row] = await database.query<Row>(`${this.select} where r.org = $1 and r.name = $2`, [
      org,
      name,
    ]);
    return row;
  }
}
