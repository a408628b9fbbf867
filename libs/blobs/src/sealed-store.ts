import type { Queryable } from '@skein/postgres';
import type { Sealed } from './sealer.js';

const PUT = `
  insert into blobs.sealed (org, id, key_id, nonce, ciphertext)
  values ($1, $2, $3, $4, $5)`;

const GET = `
  select key_id as "keyId", nonce, ciphertext
  from blobs.sealed where org = $1 and id = $2`;

export interface SealedReference {
  org: string;
  /** A new UUID for each sealed value: rows never change, and events refer to them for ever. */
  id: string;
}

/** Sealed values by reference. It cannot open them. */
export class SealedStore {
  constructor(private readonly executor: Queryable) {}

  /** In the caller's transaction, beside the event that refers to it. An id that is taken is an error of PostgreSQL's. */
  async put(executor: Queryable, { org, id }: SealedReference, sealed: Sealed): Promise<void> {
    await executor.query(PUT, [org, id, sealed.keyId, sealed.nonce, sealed.ciphertext]);
  }

  async get({ org, id }: SealedReference): Promise<Sealed | undefined> {
    const [row] = await this.executor.query<Sealed>(GET, [org, id]);
    return row;
  }
}
