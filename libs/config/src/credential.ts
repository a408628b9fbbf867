import { readFileSync } from 'node:fs';

function textIn(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (!text) throw new Error('it is empty');
  return text;
}

/**
 * A password, key or certificate, from the environment or from a file that is read again at each
 * use, since such things are renewed while a service runs. Shows its value to nobody but `read`.
 */
export class Credential {
  #known: string;
  readonly #file: string | undefined;

  private constructor(known: string, file?: string) {
    this.#known = known;
    this.#file = file;
  }

  static of(value: string): Credential {
    return new Credential(value);
  }

  /** @throws when the file cannot be read, or is empty */
  static inFile(file: string): Credential {
    return new Credential(textIn(file), file);
  }

  /** The value of this moment; the last one while the file cannot be read, as when it is just being replaced. */
  readonly read = (): string => {
    if (this.#file === undefined) return this.#known;
    try {
      this.#known = textIn(this.#file);
    } catch {
      return this.#known;
    }
    return this.#known;
  };
}
