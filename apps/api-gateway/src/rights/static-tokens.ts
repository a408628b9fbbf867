import { createHash } from 'node:crypto';
import type { Credential } from '@skein/config';
import type { Logger } from '@skein/telemetry';
import { Identities, type Identity, type Organisation } from './identity.js';
import { readTokenFile, type TokenFile } from './token-file.js';

/** A token that is taken out of the file is worth nothing after so long. */
const LOOK_EVERY_MS = 1_000;

/**
 * Tokens that an administrator wrote down by their SHA-256. A token is looked up by its digest, so the time that it
 * takes says nothing about the others. The file is read again while the gateway runs.
 */
export class StaticTokens extends Identities {
  override readonly anonymous = undefined;
  private holders = new Map<string, Identity>();
  private known: readonly Organisation[] = [];
  private text = '';
  private lookedAt = 0;

  /** @throws InvalidTokenFile */
  constructor(
    private readonly source: Credential,
    private readonly logger: Logger,
  ) {
    super();
    this.text = source.read();
    this.take(readTokenFile(this.text));
    this.lookedAt = Date.now();
  }

  holderOf(token: string): Promise<Identity | undefined> {
    this.look();
    const digest = createHash('sha256').update(token).digest('hex');
    return Promise.resolve(this.holders.get(digest));
  }

  organisations(): readonly Organisation[] {
    return this.known;
  }

  private look(): void {
    const now = Date.now();
    if (now - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    const text = this.source.read();
    if (text === this.text) return;
    this.text = text;
    try {
      this.take(readTokenFile(text));
      this.logger.info({ tokens: this.holders.size }, 'the tokens were read again');
    } catch (error) {
      this.logger.error({ error }, 'the tokens cannot be read: those of before stay valid');
    }
  }

  private take({ organizations, tokens }: TokenFile): void {
    this.known = organizations;
    this.holders = new Map(
      tokens.map(({ sha256, name, roles }) => [sha256, { name, grants: roles }]),
    );
  }
}
