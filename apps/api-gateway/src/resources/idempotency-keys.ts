import { Injectable } from '@nestjs/common';
import { ByteSealer, digestOf, SealError, Sealer } from '@skein/blobs';
import { canonicalJson } from '@skein/domain-resource';
import type { Transaction } from '@skein/postgres';
import { Raced } from './attempt.js';
import { RefusedRequest } from './refused-request.js';

/** What is about to be created, and by which request. */
export interface Creation {
  readonly org: string;
  readonly uid: string;
  readonly name: string;
  readonly kind: string;
  readonly body: object;
}

/** What was created. */
type Outcome = Pick<Creation, 'uid' | 'name'>;

interface Row extends Outcome {
  readonly request: Buffer;
}

const KEPT = `interval '24 hours'`;
const PRUNED_AT_ONCE = 10_000;

/** Waits for a request with the same key that has not committed yet. */
const NOTE = `
insert into gateway.idempotency_keys as k (org, key, uid, name, request) values ($1, $2, $3, $4, $5)
on conflict (org, key) do update
  set uid = excluded.uid, name = excluded.name, request = excluded.request, created_at = now()
  where k.created_at < now() - ${KEPT}
returning uid`;

const FIND = 'select uid, name, request from gateway.idempotency_keys where org = $1 and key = $2';

const PRUNE = `
delete from gateway.idempotency_keys where (org, key) in (
  select org, key from gateway.idempotency_keys where created_at < now() - ${KEPT}
  order by created_at limit ${PRUNED_AT_ONCE} for update skip locked
)`;

/** Remembers for 24 hours what was created under which `Idempotency-Key`, in the transaction that creates it. */
@Injectable()
export class IdempotencyKeys {
  private readonly sealer: ByteSealer;

  constructor(sealer: Sealer) {
    this.sealer = new ByteSealer(sealer);
  }

  /**
   * Notes a creation under its key.
   * @returns what was created under it before; undefined when this is the first time
   * @throws RefusedRequest when that was another request
   */
  async note(
    transaction: Transaction,
    key: string,
    creation: Creation,
  ): Promise<Outcome | undefined> {
    const { org, uid, name } = creation;
    const digest = this.digest(creation);
    const request = this.sealer.seal({ org, uid }, digest);
    const noted = await transaction.query(NOTE, [org, key, uid, name, request]);
    if (noted.length > 0) return undefined;
    const [earlier] = await transaction.query<Row>(FIND, [org, key]);
    if (!earlier) throw new Raced('the key was pruned meanwhile');
    if (this.isSame(org, earlier, digest)) return earlier;
    throw new RefusedRequest('mismatch', 'Idempotency-Key: was used for another request');
  }

  /** Forgets keys that are too old, a bounded number at once. */
  async prune(transaction: Transaction): Promise<void> {
    await transaction.query(PRUNE);
  }

  private digest({ kind, body }: Creation): Buffer {
    return Buffer.from(digestOf(Buffer.from(canonicalJson({ kind, body }))));
  }

  /** Not the same either when it was sealed with a key that is gone: nobody can tell. */
  private isSame(org: string, { uid, request }: Row, digest: Buffer): boolean {
    try {
      return this.sealer.open({ org, uid }, request).equals(digest);
    } catch (error) {
      if (error instanceof SealError) return false;
      throw error;
    }
  }
}
