import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';

interface Grant {
  readonly role: string;
  readonly organization: string;
  readonly device?: string;
}

/** Tokens as an administrator writes them down, and as their holders have them. */
export class Tokens {
  private readonly made = new Map<string, { token: string; roles: readonly Grant[] }>();

  constructor(
    readonly file: string,
    private readonly organizations: readonly { id: string; displayName: string }[],
  ) {}

  /** Gives somebody a token with these roles, in place of the one before. */
  give(name: string, ...roles: Grant[]): this {
    this.made.set(name, { token: randomBytes(32).toString('hex'), roles });
    return this;
  }

  take(name: string): this {
    this.made.delete(name);
    return this;
  }

  write(): void {
    const tokens = [...this.made].map(([name, { token, roles }]) => {
      return { name, sha256: createHash('sha256').update(token).digest('hex'), roles };
    });
    writeFileSync(this.file, JSON.stringify({ organizations: this.organizations, tokens }));
  }

  /** The headers of a request of this holder. */
  of(name: string): Record<string, string> {
    return { authorization: `Bearer ${this.made.get(name)?.token}` };
  }
}
