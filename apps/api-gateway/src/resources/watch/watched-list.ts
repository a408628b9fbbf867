import { API_VERSION } from '@skein/api';
import type { Queryable } from '@skein/postgres';
import type { ListQuery } from '../page.js';
import { RefusedRequest } from '../refused-request.js';
import type { Selectable } from '../selection/field.js';
import { Parameters } from '../selection/parameters.js';
import {
  readPage,
  readThose,
  readUids,
  selectedList,
  type ListSource,
  type SelectedList,
} from '../selection/selected-list.js';
import type { Scope } from '../selection/selection.js';
import type { WatchedKind } from './touched.js';

/** A list that is watched. */
export interface WatchedList {
  readonly kind: WatchedKind;
  readonly org: string;
  /** The same for lists of the same things, however they are asked for. */
  readonly key: string;
  /** Whether a thing of the kind can be in it at one time and not at another. */
  readonly isSelective: boolean;
  /** Those of the things that are in the list, as they are now. */
  read(uids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** What is told of those that are not in it; nothing of one whose name another one in the list has by now. */
  left(uids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** All that is in the list, page by page. */
  page(after: string | null): Promise<{ items: object[]; next: string | undefined }>;
  /** The uids of what is in the list; undefined when there are more than so many. */
  uids(most: number): Promise<string[] | undefined>;
}

/** A kind of list that can be watched: where it is read from, and how it is shown. */
export interface Watchable<Row extends ListedRow> {
  readonly selectable: Selectable;
  readonly source: ListSource;
  readonly present: (row: Row) => object;
  /** Says what {@link WatchedList.left} does, in another way. */
  readonly left?: (database: Queryable, scope: Scope) => Promise<ReadonlyMap<string, object>>;
}

interface ListedRow {
  readonly uid: string;
  readonly name: string;
}

/** Parameters that a watch does not take. */
const untaken = ['limit', 'continue', 'summaryOnly', 'addDevicesSummary'];
const PAGE = 250;

const LEFT = (table: string): string => `
select n.uid, n.name, r.labels
from gateway.names n left join ${table} r on r.org = n.org and r.uid = n.uid
where n.org = $1 and n.uid = any($2::uuid[]) and n.kind = $3`;

interface Left extends ListedRow {
  /** Null: it is no more. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** Resources: the same selection, and the same reading and showing, as a list has that is asked for. */
export class WatchedResources<Row extends ListedRow> implements WatchedList {
  readonly kind: WatchedKind;
  private readonly list: SelectedList;

  /** @throws RefusedRequest */
  constructor(
    private readonly database: Queryable,
    private readonly watchable: Watchable<Row>,
    scope: Scope,
    query: ListQuery,
  ) {
    const asked = untaken.filter((name) => query[name] !== undefined);
    if (asked.length > 0) {
      throw new RefusedRequest('invalid', `${asked.join(', ')}: not with watch; leave it out`);
    }
    const { selectable } = watchable;
    this.kind = selectable.kind as WatchedKind;
    this.list = selectedList(selectable, scope, query);
    // What cannot be compared is found now.
    this.list.selection.condition(scope, new Parameters());
  }

  get org(): string {
    return this.list.scope['r.org'];
  }

  get key(): string {
    return `${this.kind}/${this.list.criteria}`;
  }

  get isSelective(): boolean {
    return !this.list.selection.isEmpty;
  }

  async read(uids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const { source, present } = this.watchable;
    const rows = await readThose<Row>(this.database, source, this.list, ['uid', uids]);
    return new Map(rows.map((row) => [row.uid, present(row)]));
  }

  async left(uids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    if (uids.length === 0) return new Map();
    const { source, left } = this.watchable;
    if (left) return left(this.database, this.list.scope);
    const rows = await this.database.query<Left>(LEFT(source.table), [this.org, uids, this.kind]);
    const gone = rows.filter(({ labels }) => labels === null).map(({ name }) => name);
    const again =
      gone.length === 0
        ? []
        : await readThose<Row>(this.database, source, this.list, ['name', gone]);
    const taken = new Set(again.map(({ name }) => name));
    const shown = rows.filter(({ name, labels }) => labels !== null || !taken.has(name));
    return new Map(shown.map((row) => [row.uid, this.presentLeft(row)]));
  }

  async page(after: string | null): Promise<{ items: object[]; next: string | undefined }> {
    const { source, present } = this.watchable;
    const list = { ...this.list, request: { limit: PAGE, after } };
    const { rows, next } = await readPage<Row>(this.database, source, list, false);
    return { items: rows.map(present), next };
  }

  async uids(most: number): Promise<string[] | undefined> {
    const { source } = this.watchable;
    const rows = await readUids(this.database, source, this.list, most + 1);
    return rows.length > most ? undefined : rows.map(({ uid }) => uid);
  }

  private presentLeft({ name, labels }: Left): object {
    const metadata = { name, ...(labels && { labels }) };
    return { apiVersion: API_VERSION, kind: this.kind, metadata };
  }
}
