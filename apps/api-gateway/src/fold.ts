/** One aspect of a view: the columns that one kind of event sets, guarded by one number. */
export interface Aspect {
  readonly table: string;
  /** The table of what its rows are about, and deleted with. */
  readonly about?: string;
  /** Its guard is the column `<name>_number`. */
  readonly name: string;
  /** The columns that it sets, with their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** A column that keeps when the value of another one changed last: [column, of]. */
  readonly since?: readonly [column: string, of: string];
}

/** What one event says about one row. */
export interface Said {
  readonly org: string;
  readonly uid: string;
  readonly number: number;
  /** RFC 3339. */
  readonly time: string;
  /** In the order of the aspects' columns; objects are written as JSON. */
  readonly values: readonly unknown[];
}

const guardOf = ({ name }: Aspect) => `v.${name}_number < s.number`;

function assignments(aspect: Aspect): string[] {
  const { name, columns, since } = aspect;
  const newer = (column: string, value: string) =>
    `${column} = case when ${guardOf(aspect)} then ${value} else v.${column} end`;
  const set = Object.keys(columns).map((column) => newer(column, `s.${column}`));
  if (since) {
    const [column, of] = since;
    const changed = `case when v.${of} is distinct from s.${of} then s.time else v.${column} end`;
    set.push(newer(column, changed));
  }
  return [...set, `${name}_number = greatest(v.${name}_number, s.number)`];
}

/**
 * The statement that folds aspects of one table, each by its own guard: rows that are gone stay gone, and an event that
 * is older than the last one changes nothing. Rows are locked in the order of their keys, and what they are about before them, as
 * whoever deletes that does.
 */
export function foldStatement(aspects: readonly Aspect[]): string {
  const { table, about } = aspects[0]!;
  const columns = columnsOf(aspects);
  const names = ['org', 'uid', 'number', 'time', ...columns.map(([name]) => name)];
  const types = ['uuid', 'uuid', 'bigint', 'timestamptz', ...columns.map(([, type]) => type)];
  const parameters = types.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
  const guard = `(${aspects.map(guardOf).join(' or ')})`;
  return `
with said as materialized (
  select s.* from unnest(${parameters}) as s (${names.join(', ')})
  join ${table} v on v.org = s.org and v.uid = s.uid
  ${about ? `join ${about} a on a.org = v.org and a.uid = v.uid` : ''}
  where ${guard} order by v.org, v.uid
  ${about ? 'for key share of a' : ''} for no key update of v
)
update ${table} v set ${aspects.flatMap(assignments).join(', ')}
from said s where v.org = s.org and v.uid = s.uid and ${guard}`;
}

const columnsOf = (aspects: readonly Aspect[]) =>
  aspects.flatMap(({ columns }) => Object.entries(columns));

/** The last word about each row: a statement cannot change a row twice. */
function lastOfEach(said: readonly Said[]): Said[] {
  const last = new Map<string, Said>();
  for (const one of said) {
    const key = `${one.org}/${one.uid}`;
    if ((last.get(key)?.number ?? 0) < one.number) last.set(key, one);
  }
  return [...last.values()];
}

function writable(value: unknown): unknown {
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : (value ?? null);
}

/** The parameters of {@link foldStatement}. */
export function foldParameters(aspects: readonly Aspect[], said: readonly Said[]): unknown[][] {
  const rows = lastOfEach(said);
  return [
    rows.map(({ org }) => org),
    rows.map(({ uid }) => uid),
    rows.map(({ number }) => number),
    rows.map(({ time }) => time),
    ...columnsOf(aspects).map((_column, index) =>
      rows.map(({ values }) => writable(values[index])),
    ),
  ];
}
