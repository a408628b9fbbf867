/** What is wrong with one item of a spec. */
export interface ItemProblem {
  readonly item: string;
  readonly message: string;
}
