/** Tests of one project, chosen by patterns of their files. */
export interface ProvingTests {
  /** The project's folder, such as `libs/stream`. */
  readonly project: string;
  readonly patterns: readonly string[];
}

/** A change of a text in which `find` stands just once. */
export interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** A safeguard that is taken out of a copy of the sources, and who must notice it. */
export interface Mutation {
  readonly name: string;
  /** The safeguard, in words. */
  readonly safeguard: string;
  readonly file: string;
  readonly edits: readonly Edit[];
  readonly tests: ProvingTests;
}

/** The file is no longer as the mutation expects it: whoever changed it has to mend the mutation. */
export class MutationDoesNotFit extends Error {
  constructor({ name, file }: Mutation, { find }: Edit, times: number) {
    super(`${name} does not fit: ${file} has this ${times} times, not once:\n${find}`);
  }
}

/** The text without the safeguard. @throws MutationDoesNotFit */
export function mutated(text: string, mutation: Mutation): string {
  return mutation.edits.reduce((before, edit) => {
    const times = before.split(edit.find).length - 1;
    if (times !== 1) throw new MutationDoesNotFit(mutation, edit, times);
    return before.replace(edit.find, () => edit.replace);
  }, text);
}
