import type { Queryable } from '@skein/postgres';
import type { EntityMetadata } from 'typeorm';
import type { NamedRow } from '../entities/named-row.js';

type Key = Pick<NamedRow, 'org' | 'uid'>;
/** Some columns, by the names of their properties. */
type Columns = Readonly<Record<string, unknown>>;

const placeholders = (count: number) =>
  Array.from({ length: count }, (_value, index) => `$${index + 1}`).join(', ');

/**
 * Writes the rows of one entity. Its statements are made of what TypeORM knows of the table, not by TypeORM: they are few and
 * always the same, so they are prepared, and making each anew would cost more than running it.
 */
export class RowTable<Row extends NamedRow> {
  private readonly name: string;
  private readonly columns: ReadonlyMap<string, string>;
  private readonly select: string;

  constructor({ tablePath, columns }: EntityMetadata) {
    this.name = tablePath;
    this.columns = new Map(columns.map((one) => [one.propertyName, one.databaseName]));
    const selected = [...this.columns].map(([property, column]) => `${column} as "${property}"`);
    this.select = `select ${selected.join(', ')} from ${tablePath}`;
  }

  /** @param strength what other transactions may not do meanwhile */
  async lock(
    database: Queryable,
    { org, name }: Pick<NamedRow, 'org' | 'name'>,
    strength: 'update' | 'no key update',
  ): Promise<Row | undefined> {
    const sql = `${this.select} where org = $1 and name = $2 for ${strength}`;
    const [row] = await database.query<Row>(sql, [org, name]);
    return row;
  }

  async has(database: Queryable, { org, uid }: Key): Promise<boolean> {
    const sql = `select from ${this.name} where org = $1 and uid = $2`;
    return (await database.query(sql, [org, uid])).length > 0;
  }

  /**
   * Inserts a row, and one with its key into each of the other tables.
   * @returns false when the name is taken
   */
  async insert(database: Queryable, row: Columns, views: readonly string[]): Promise<boolean> {
    const names = Object.keys(row).map((property) => this.columns.get(property)!);
    const made = `insert into ${this.name} (${names.join(', ')}) values (${placeholders(names.length)})`;
    const parts = [
      `made as (${made} on conflict do nothing returning org, uid)`,
      ...views.map(
        (view, index) =>
          `view_${index} as (insert into ${view} (org, uid) select org, uid from made on conflict do nothing)`,
      ),
    ];
    const sql = `with ${parts.join(', ')} select from made`;
    return (await database.query(sql, Object.values(row))).length > 0;
  }

  async update(database: Queryable, { org, uid }: Key, columns: Columns): Promise<void> {
    const sets = Object.keys(columns).map(
      (property, index) => `${this.columns.get(property)!} = $${index + 3}`,
    );
    const sql = `update ${this.name} set ${sets.join(', ')} where org = $1 and uid = $2`;
    await database.query(sql, [org, uid, ...Object.values(columns)]);
  }

  async delete(database: Queryable, { org, uid }: Key): Promise<void> {
    await database.query(`delete from ${this.name} where org = $1 and uid = $2`, [org, uid]);
  }
}
