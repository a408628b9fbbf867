/** The parameters of one statement: what users wrote comes into SQL through here, and in no other way. */
export class Parameters {
  readonly values: unknown[] = [];

  /** @returns how the statement names it: `$1` */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}
