import { createHash } from 'node:crypto';
import type { Credential } from '@skein/config';
import type { Logger } from '@skein/telemetry';
import { readAccessFile, type AccessFile } from './access-file.js';
import type { Grant, Identity, Organisation } from './identity.js';

/** Whoever is taken out of the file may do nothing after so long. */
const LOOK_EVERY_MS = 1_000;

/** What an administrator has written down: organisations, tokens by their SHA-256, and what groups may do. */
export class AccessRules {
  private holders = new Map<string, Identity>();
  private groups = new Map<string, readonly Grant[]>();
  private known: readonly Organisation[] = [];
  private text: string;
  private lookedAt = Date.now();

  /** @throws InvalidAccessFile */
  constructor(
    private readonly source: Credential,
    private readonly logger: Logger,
  ) {
    this.text = source.read();
    this.take(readAccessFile(this.text));
  }

  /** Looked up by digest: the time that it takes says nothing about other tokens. */
  holderOf(token: string): Identity | undefined {
    this.look();
    return this.holders.get(createHash('sha256').update(token).digest('hex'));
  }

  /** What members of these groups may do; groups that nobody wrote down count for nothing. */
  grantsOf(groups: readonly string[]): readonly Grant[] {
    this.look();
    return groups.flatMap((group) => this.groups.get(group) ?? []);
  }

  get organisations(): readonly Organisation[] {
    this.look();
    return this.known;
  }

  /** Reads the file again if it has changed; one that cannot be read leaves everything as it was. */
  private look(): void {
    const now = Date.now();
    if (now - this.lookedAt < LOOK_EVERY_MS) return;
    this.lookedAt = now;
    const text = this.source.read();
    if (text === this.text) return;
    this.text = text;
    try {
      this.take(readAccessFile(text));
      this.logger.info({ tokens: this.holders.size, groups: this.groups.size }, 'access was read');
    } catch (error) {
      this.logger.error({ error }, 'access cannot be read: what was written before stays valid');
    }
  }

  private take({ organizations, groups, tokens }: AccessFile): void {
    this.known = organizations;
    this.groups = new Map(groups.map(({ name, roles }) => [name, roles]));
    this.holders = new Map(
      tokens.map(({ sha256, name, roles }) => [sha256, { name, grants: roles }]),
    );
  }
}
