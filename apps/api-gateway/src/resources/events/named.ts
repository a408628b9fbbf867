import type { Queryable } from '@skein/postgres';

/** What a uid is or was called. */
export interface Named {
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
}

const OF_UIDS = `
select uid, kind, name from gateway.names where org = $1 and uid = any($2::uuid[])`;

/** A name can be used again: everything that has or had it is meant. */
const CALLED = `
select uid, kind, name from gateway.names
where org = $1 and name = any($2::text[]) and ($3::text[] is null or kind = any($3::text[]))
limit $4`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As PostgreSQL and events write uids. */
export const isUid = (value: unknown): value is string =>
  typeof value === 'string' && UUID.test(value);

export async function namesOf(
  database: Queryable,
  org: string,
  uids: Iterable<string>,
): Promise<ReadonlyMap<string, Named>> {
  const known = [...new Set(uids)].filter(isUid);
  if (known.length === 0) return new Map();
  const rows = await database.query<Named>(OF_UIDS, [org, known]);
  return new Map(rows.map((row) => [row.uid, row]));
}

export interface Called {
  readonly names: readonly string[];
  /** Undefined: of any kind. */
  readonly kinds: readonly string[] | undefined;
  /** At most so many are found. */
  readonly limit: number;
}

export function namedSo(database: Queryable, org: string, called: Called): Promise<Named[]> {
  const { names, kinds, limit } = called;
  return database.query<Named>(CALLED, [org, names, kinds ?? null, limit]);
}
