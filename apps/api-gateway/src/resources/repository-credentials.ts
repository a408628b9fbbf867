import { SealError, SealedStore, Sealer } from '@skein/blobs';
import { canonicalJson } from '@skein/domain-resource';
import { newUid } from '@skein/events';
import type { Transaction } from '@skein/postgres';
import { Injectable } from '@nestjs/common';
import type { RepositorySpec } from '@skein/api';
import { RefusedRequest } from './refused-request.js';
import { credentialsIn, MASK, secretNames, type Credentials } from './repository-secrets.js';

interface Owner {
  readonly org: string;
  readonly uid: string;
}

/** A masked value stands for the stored one. */
function unmasked(said: Credentials, stored: Credentials): Credentials {
  const entries = Object.entries(said).map(([name, value]): [string, string] => {
    if (value !== MASK || !secretNames.includes(name)) return [name, value];
    const kept = stored[name];
    if (kept !== undefined) return [name, kept];
    throw new RefusedRequest(
      'invalid',
      `spec: ${name} is masked, and there is no stored one to keep`,
    );
  });
  return Object.fromEntries(entries);
}

/** Seals the credentials of repositories; each is bound to its repository. */
@Injectable()
export class RepositoryCredentials {
  constructor(private readonly sealer: Sealer) {}

  /**
   * Seals what the spec says, in the transaction of its event.
   * @param stored id of the credentials so far
   * @returns their id: the same one when nothing changed, null when there are none
   */
  async seal(
    transaction: Transaction,
    owner: Owner,
    spec: RepositorySpec,
    stored: string | null = null,
  ): Promise<string | null> {
    const before = await this.open(transaction, owner, stored);
    const credentials = unmasked(credentialsIn(spec), before);
    if (Object.keys(credentials).length === 0) return null;
    if (canonicalJson(credentials) === canonicalJson(before)) return stored;
    const id = newUid();
    const sealed = this.sealer.seal(owner, Buffer.from(JSON.stringify(credentials)));
    await new SealedStore(transaction).put(transaction, { org: owner.org, id }, sealed);
    return id;
  }

  /** The names of secrets that the spec gives anew, and that are other than the stored ones. */
  async changed(
    transaction: Transaction,
    owner: Owner,
    spec: RepositorySpec,
    stored: string | null,
  ): Promise<string[]> {
    const before = await this.open(transaction, owner, stored);
    const said = Object.entries(credentialsIn(spec)).filter(([name]) => secretNames.includes(name));
    return said
      .filter(([name, value]) => value !== MASK && value !== before[name])
      .map(([name]) => name);
  }

  /** None when they were sealed with a key that is gone: then all of them must be sent anew. */
  private async open(
    transaction: Transaction,
    owner: Owner,
    id: string | null,
  ): Promise<Credentials> {
    if (!id) return {};
    const sealed = await new SealedStore(transaction).get({ org: owner.org, id });
    try {
      return sealed ? (JSON.parse(this.sealer.open(owner, sealed).toString()) as Credentials) : {};
    } catch (error) {
      if (error instanceof SealError) return {};
      throw error;
    }
  }
}
