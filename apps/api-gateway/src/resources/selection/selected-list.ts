import type { Queryable } from '@skein/postgres';
import { pageRequest, type ListQuery, type Page, type PageRequest } from '../page.js';
import { RefusedRequest } from '../refused-request.js';
import type { Selectable } from './field.js';
import { Parameters } from './parameters.js';
import { Selection, type Scope } from './selection.js';

/** A page of a list that is asked for. */
export interface SelectedList {
  readonly selection: Selection;
  readonly scope: Scope;
  readonly request: PageRequest;
  /** A position is good for the same ones only. */
  readonly criteria: string;
}

/** Where a list is read from: rows of a table `r`. */
export interface ListSource {
  readonly table: string;
  /** The statement before its `where`. */
  readonly select: string;
}

/** @throws RefusedRequest */
export function selectedList(selectable: Selectable, scope: Scope, query: ListQuery): SelectedList {
  if (query['summaryOnly'] !== undefined) {
    throw new RefusedRequest('invalid', 'summaryOnly: only the list of devices has a summary');
  }
  const selection = Selection.of(selectable, query);
  const criteria = selection.criteria(scope);
  const takes = ['labelSelector', 'fieldSelector', 'watch'];
  const request = pageRequest(selectable.kind, query, { takes, criteria });
  return { selection, scope, request, criteria };
}

async function countAfter(
  database: Queryable,
  { table, select }: ListSource,
  { selection, scope }: SelectedList,
  after: string,
): Promise<number> {
  const parameters = new Parameters();
  const rows = selection.isEmpty ? `select from ${table} r` : select;
  const condition = selection.condition(scope, parameters);
  const name = parameters.add(after);
  const [row] = await database.query<{ count: number }>(
    `select count(*) as count from (${rows} where ${condition} and r.name > ${name}) selected`,
    parameters.values,
    selection.planning,
  );
  return row!.count;
}

async function readRows<Row>(
  database: Queryable,
  { select }: ListSource,
  { request, selection, scope }: SelectedList,
): Promise<Row[]> {
  const parameters = new Parameters();
  const condition = selection.condition(scope, parameters);
  const [from, most] = [parameters.add(request.after), parameters.add(request.limit + 1)];
  return database.query<Row>(
    `${select} where ${condition} and (${from}::text is null or r.name > ${from}) order by r.name limit ${most}`,
    parameters.values,
    selection.planning,
  );
}

/**
 * The page by name: whatever is there all the time is on exactly one page, whatever else comes and goes.
 * @param count whether to count how many follow
 * @throws RefusedRequest when a field cannot be compared as it is asked
 */
export async function readPage<Row extends { readonly name: string }>(
  database: Queryable,
  source: ListSource,
  list: SelectedList,
  count = true,
): Promise<Page<Row>> {
  const { limit } = list.request;
  const found = await readRows<Row>(database, source, list);
  const rows = found.slice(0, limit);
  if (found.length <= limit) return { rows, next: undefined };
  const next = rows.at(-1)!.name;
  if (!count) return { rows, next };
  return { rows, next, remaining: await countAfter(database, source, list, next) };
}

/** Of a list, those that have one of these values in a column. */
export function readThose<Row>(
  database: Queryable,
  { select }: ListSource,
  { selection, scope }: Pick<SelectedList, 'selection' | 'scope'>,
  [column, values]: readonly ['uid' | 'name', readonly string[]],
): Promise<Row[]> {
  const parameters = new Parameters();
  const condition = selection.condition(scope, parameters);
  const type = column === 'uid' ? 'uuid' : 'text';
  const those = `r.${column} = any(${parameters.add(values)}::${type}[])`;
  return database.query<Row>(`${select} where ${condition} and ${those}`, parameters.values);
}

/** The uids of a list, so many at the most. */
export function readUids(
  database: Queryable,
  { select }: ListSource,
  { selection, scope }: Pick<SelectedList, 'selection' | 'scope'>,
  most: number,
): Promise<{ uid: string }[]> {
  const parameters = new Parameters();
  const condition = selection.condition(scope, parameters);
  return database.query(
    `select uid from (${select} where ${condition} limit ${parameters.add(most)}) selected`,
    parameters.values,
    selection.planning,
  );
}
