/** What is answered instead of what was asked for. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** @throws Refusal when anything is wrong */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Refusal(400, problems.join('; '));
}
