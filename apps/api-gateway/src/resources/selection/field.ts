/** How the values of a field compare. */
export type FieldType = 'text' | 'time' | 'number';

/** A field that a list can be selected by. */
export interface Field {
  readonly type: FieldType;
  /** What it is in SQL; null when a resource has none. */
  readonly sql: string;
  /** What stands before the value of `sql` when it is shown. */
  readonly prefix?: string;
}

/** How the resources of a kind can be selected; its SQL speaks of the tables of their list. */
export interface Selectable {
  readonly kind: string;
  /** The labels, a jsonb. */
  readonly labels: string;
  /** The labels below the organisation, as an index has them. */
  readonly indexedLabels?: string;
  readonly fields: Readonly<Record<string, Field>>;
}
