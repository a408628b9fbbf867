import { Cursor } from './cursor.js';
import type { Dialect, Spelling } from './dialect.js';
import { MAX_REQUIREMENTS, MAX_VALUES } from './limits.js';
import type { Requirement } from './requirement.js';

/** Reads one selector, from its first character to its last. */
export class SelectorParser {
  private readonly cursor: Cursor;
  private values = 0;

  constructor(
    text: string,
    private readonly dialect: Dialect,
  ) {
    this.cursor = new Cursor(text);
  }

  /** @throws SelectorError */
  parse(): Requirement[] {
    const found: Requirement[] = [];
    if (this.cursor.isAtEnd) return found;
    do {
      if (found.length === MAX_REQUIREMENTS) {
        this.cursor.fail(`there are more than ${MAX_REQUIREMENTS} requirements; write fewer`);
      }
      found.push(this.requirement());
    } while (this.cursor.takes(','));
    if (this.cursor.isAtEnd) return found;
    this.cursor.fail(
      'a comma or the end is expected; write \\ before spaces, commas and brackets that belong to a value',
    );
  }

  private requirement(): Requirement {
    if (this.cursor.takes('!')) return { keys: [this.key()], operator: 'absent', values: [] };
    const isTuple = this.cursor.sees('(');
    const keys = isTuple ? this.keys() : [this.key()];
    if (!isTuple && this.isOver) return { keys, operator: 'exists', values: [] };
    const { operator, list } = this.spelling();
    const row = () => (isTuple ? this.row(keys.length) : [this.value()]);
    return { keys, operator, values: list ? this.inBrackets(row) : [row()] };
  }

  private get isOver(): boolean {
    return this.cursor.isAtEnd || this.cursor.sees(',');
  }

  private keys(): string[] {
    const { tuples, forms } = this.dialect;
    if (!tuples) this.cursor.fail(`no requirement begins with a bracket here; ${forms}`);
    const names = new Set<string>();
    return this.inBrackets(() => {
      const { place } = this.cursor;
      const key = this.key();
      if (names.has(key)) this.cursor.fail('a tuple has each name once; write it without', place);
      names.add(key);
      return key;
    });
  }

  private key(): string {
    const key = this.cursor.word();
    if (key === '') this.cursor.fail(`a name is expected; ${this.dialect.forms}`);
    return key;
  }

  private spelling(): Spelling {
    const { signs, words, forms } = this.dialect;
    const sign = signs.find(({ text }) => this.cursor.takes(text));
    if (sign) return sign;
    const { place } = this.cursor;
    const word = this.cursor.word();
    const found = words.find(({ text }) => text === word);
    return found ?? this.cursor.fail(`an operator is expected; ${forms}`, place);
  }

  /** The values of a tuple, one for each of its keys. */
  private row(length: number): string[] {
    const values = this.inBrackets(() => this.value());
    if (values.length === length) return values;
    this.cursor.fail(
      `a tuple of ${length} names is compared with ${values.length} values; write as many values as names`,
    );
  }

  private value(): string {
    this.values += 1;
    if (this.values > MAX_VALUES) {
      this.cursor.fail(`there are more than ${MAX_VALUES} values; write fewer`);
    }
    return this.cursor.value();
  }

  private inBrackets<Item>(item: () => Item): Item[] {
    if (!this.cursor.takes('(')) this.cursor.fail('( is expected; write values as (a, b)');
    if (this.cursor.sees(')')) this.cursor.fail('nothing is in the brackets; write at least one');
    const items: Item[] = [];
    do {
      items.push(item());
    } while (this.cursor.takes(','));
    if (this.cursor.takes(')')) return items;
    this.cursor.fail('a comma or ) is expected; write values as (a, b)');
  }
}
