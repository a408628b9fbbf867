import type { ObjectMeta } from '@skein/api';
import type { EventDefinition } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import type { NamedRow } from '../entities/named-row.js';

/** An event before it has a subject and an origin. */
export interface Draft<Data = unknown> {
  readonly definition: EventDefinition<Data>;
  readonly data: Data;
}

/** The columns that a change sets, and the events that say so; without events nothing changed. */
export interface Changes<Row> {
  readonly columns: Partial<Row>;
  readonly events: readonly Draft[];
}

export interface Identity {
  readonly org: string;
  readonly uid: string;
  readonly name: string;
}

/** A resource as it is written. */
export interface Body {
  readonly metadata: ObjectMeta;
}

/** What is particular to a kind of resource. */
export interface KindRules<Row extends NamedRow, Resource extends Body> {
  readonly kind: string;
  readonly entity: new () => Row;
  /** The tables in which each resource has a row besides, with the key of its own. */
  readonly views: readonly string[];
  make(transaction: Transaction, identity: Identity, body: Resource): Promise<Changes<Row>>;
  change(transaction: Transaction, row: Row, body: Resource): Promise<Changes<Row>>;
  /** JSON pointers of members that are shown masked before and after, and that the body changes. */
  hidden?(transaction: Transaction, row: Row, body: Resource): Promise<readonly string[]>;
  /** Throws when it may not go. */
  remove(transaction: Transaction, row: Row): Promise<readonly Draft[]>;
  /** Keeps what hangs on the spec, after a new one was written. */
  saved?(transaction: Transaction, identity: Identity, body: Resource): Promise<void>;
  /** The resource as a read would answer it. */
  present(transaction: Transaction, identity: Identity): Promise<Resource>;
}

export interface Saved<Resource> {
  readonly created: boolean;
  readonly resource: Resource;
}
