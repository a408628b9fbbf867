import type { Operator } from './requirement.js';

/** How an operator is written. */
export interface Spelling {
  readonly text: string;
  readonly operator: Operator;
  /** Whether values in brackets follow. */
  readonly list?: boolean;
}

/** What one kind of selector may say. */
export interface Dialect {
  /** Signs: a longer one comes before its beginning. */
  readonly signs: readonly Spelling[];
  readonly words: readonly Spelling[];
  readonly tuples: boolean;
  /** For messages: what to write. */
  readonly forms: string;
}

const equalities: readonly Spelling[] = [
  { text: '==', operator: 'in' },
  { text: '=', operator: 'in' },
  { text: '!=', operator: 'notin' },
];
const sets: readonly Spelling[] = [
  { text: 'in', operator: 'in', list: true },
  { text: 'notin', operator: 'notin', list: true },
];

export const labels: Dialect = {
  signs: equalities,
  words: sets,
  tuples: true,
  forms:
    'write key, !key, key=value, key!=value, key in (a, b), key notin (a, b) or (key1, key2)=(a, b), with commas between them',
};

export const fields: Dialect = {
  signs: [
    ...equalities,
    { text: '>=', operator: '>=' },
    { text: '<=', operator: '<=' },
    { text: '>', operator: '>' },
    { text: '<', operator: '<' },
  ],
  words: [
    ...sets,
    { text: 'contains', operator: 'contains' },
    { text: 'notcontains', operator: 'notcontains' },
  ],
  tuples: false,
  forms:
    'write field, !field, field=value, field!=value, field in (a, b), field notin (a, b), field contains text, ' +
    'field notcontains text or field with >, >=, < or <=, with commas between them',
};
