/** What a template consists of. `offset` is the place in the text that an error names. */
export type Node =
  { kind: 'text'; text: string } | { kind: 'output'; pipeline: Pipeline } | BranchNode;

/** `if` and `with`: the first branch whose pipeline is true is taken, else `otherwise`. */
export interface BranchNode {
  kind: 'if' | 'with';
  branches: { pipeline: Pipeline; body: Node[] }[];
  otherwise: Node[];
}

/** Commands in order; the value of each becomes the last argument of the next. */
export interface Pipeline {
  commands: Command[];
  offset: number;
}

export type Command =
  | { kind: 'call'; name: string; operands: Operand[]; offset: number }
  | { kind: 'value'; operand: Operand; offset: number };

export type Operand =
  | { kind: 'path'; root: boolean; keys: string[]; offset: number }
  | { kind: 'literal'; value: string | number | boolean; offset: number }
  | { kind: 'pipeline'; pipeline: Pipeline; offset: number };

/** A template that was parsed; it can be used for any number of devices. */
export interface Template {
  text: string;
  nodes: Node[];
}
