/**
 * The laws about tables, as functions over rows of `information_schema`, so that an
 * integration test can ask them about a migrated database.
 */

/** One column of a primary key, from `table_constraints` joined with `key_column_usage`. */
export interface KeyColumn {
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  /** From 1. */
  readonly ordinal_position: number;
}

/** One row of `information_schema.columns`. */
export interface Column {
  readonly table_schema: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly data_type: string;
}

/** One row of `information_schema.tables` with `table_type = 'BASE TABLE'`. */
export interface Table {
  readonly table_schema: string;
  readonly table_name: string;
}

/** The query whose rows `keysWithoutOrganisation` judges. */
export const keyColumnsQuery = `
  SELECT k.table_schema, k.table_name, k.column_name, k.ordinal_position
    FROM information_schema.table_constraints c
    JOIN information_schema.key_column_usage k
      USING (constraint_schema, constraint_name, table_schema, table_name)
   WHERE c.constraint_type = 'PRIMARY KEY'`;

const nameOf = ({ table_schema, table_name }: Table): string => `${table_schema}.${table_name}`;

/**
 * Tables whose primary key is missing or does not start with `org`.
 * `engine` names the tables of no organisation, as `schema.table`.
 */
export function keysWithoutOrganisation(
  tables: readonly Table[],
  keys: readonly KeyColumn[],
  engine: readonly string[],
): string[] {
  const first = new Map(
    keys.filter((key) => Number(key.ordinal_position) === 1).map((key) => [nameOf(key), key]),
  );
  return tables
    .map(nameOf)
    .filter((name) => !engine.includes(name) && first.get(name)?.column_name !== 'org')
    .map((name) => `${name}: its primary key must start with org`);
}

const localTime = new Set(['timestamp without time zone', 'time without time zone', 'date']);

/** Columns that hold a time without its zone. */
export function timesWithoutZone(columns: readonly Column[]): string[] {
  return columns
    .filter(({ data_type }) => localTime.has(data_type))
    .map((column) => `${nameOf(column)}.${column.column_name}: times are timestamptz`);
}
