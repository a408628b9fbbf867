import { SelectorError } from './selector-error.js';

const SPACE = /\s*/y;
/** A key, or an operator that is a word. */
const WORD = /[^\s,()=!<>\\]*/y;
const VALUE = /(?:\\[^]|[^\s,()\\])*/uy;
/** No value begins with them: whoever writes `a=>1` means something else. */
const NO_BEGINNING = ['=', '!', '<', '>'];

/** A place in a selector that moves on as the selector is read. */
export class Cursor {
  private at = 0;

  constructor(private readonly text: string) {}

  /** How many UTF-16 units are before what comes next. */
  get place(): number {
    this.match(SPACE);
    return this.at;
  }

  get isAtEnd(): boolean {
    return this.place === this.text.length;
  }

  /** Whether this comes next; stays where it is. */
  sees(token: string): boolean {
    return this.text.startsWith(token, this.place);
  }

  /** Whether this comes next; goes past it. */
  takes(token: string): boolean {
    const found = this.sees(token);
    if (found) this.at += token.length;
    return found;
  }

  /** A key or an operator; empty when neither comes next. */
  word(): string {
    this.match(SPACE);
    return this.match(WORD);
  }

  /** The text of a value without its escapes; may be empty. */
  value(): string {
    this.match(SPACE);
    const wrong = NO_BEGINNING.find((sign) => this.sees(sign));
    if (wrong)
      this.fail(`a value does not begin with ${wrong}; write \\${wrong} if it is meant so`);
    const written = this.match(VALUE);
    if (this.text[this.at] === '\\')
      this.fail('nothing follows the \\; write \\\\ if it is meant so');
    return written.replaceAll(/\\([^])/gu, '$1');
  }

  /** @throws SelectorError */
  fail(problem: string, place = this.place): never {
    throw new SelectorError(this.text, place, problem);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)![0];
    this.at += found.length;
    return found;
  }
}
