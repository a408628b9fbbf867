const SHOWN = 20;

function placeOf(text: string, at: number): string {
  if (at >= text.length) return 'at its end';
  const rest = text.slice(at, at + SHOWN);
  const more = text.length > at + SHOWN ? '…' : '';
  return `at character ${at + 1}, "${rest}${more}"`;
}

/** A selector that cannot be read: its message shows where, and says what to write. */
export class SelectorError extends Error {
  readonly retryable = false;

  /** @param at how many UTF-16 units are before the place */
  constructor(
    text: string,
    readonly at: number,
    problem: string,
  ) {
    super(`${placeOf(text, at)}: ${problem}`);
  }
}
