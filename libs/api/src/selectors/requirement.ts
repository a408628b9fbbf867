/** What a requirement asks of a label or field; `=` and `==` are `in` with one value, `!=` is `notin` with one. */
export type Operator =
  'exists' | 'absent' | 'in' | 'notin' | 'contains' | 'notcontains' | '>' | '>=' | '<' | '<=';

/** One requirement of a selector; a selector holds when all of its requirements do. */
export interface Requirement {
  /** One label or field; several in a tuple, which are compared together. */
  readonly keys: readonly string[];
  readonly operator: Operator;
  /** Each has as many texts as there are keys; none for `exists` and `absent`. */
  readonly values: readonly (readonly string[])[];
}
