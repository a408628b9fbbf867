/** One piece of a template; `offset` is its place in the text. */
export type Token =
  | { kind: 'text'; text: string; offset: number }
  | { kind: 'open' | 'close' | 'pipe' | 'left' | 'right' | 'end'; offset: number }
  /** `.`, `.a.b`, `$` or `$.a`: keys from the dot, or from the root with `$`. */
  | { kind: 'path'; root: boolean; keys: string[]; offset: number }
  | { kind: 'word'; word: string; offset: number }
  | { kind: 'literal'; value: string | number; offset: number };
