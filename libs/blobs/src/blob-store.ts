import type { Queryable } from '@skein/postgres';
import type { ByteSealer } from './byte-sealer.js';
import type { DigestKeys } from './digest-keys.js';
import { digestOf, isKeyed, keyedDigestOf, type Content } from './digest.js';

// Sorted, so that transactions that store the same contents wait for each other in one order.
const PUT = `
  insert into blobs.contents (org, digest, size, content)
  select $1, given.digest, octet_length(given.content), given.content
  from unnest($2::text[], $3::bytea[]) as given (digest, content)
  order by given.digest
  on conflict do nothing`;

const GET =
  'select digest, content from blobs.contents where org = $1 and digest = any($2::text[])';

/**
 * Immutable contents by digest, apart for each organisation. Equal contents are one row. Those whose digest is
 * keyed are secret: they are sealed, bound to organisation and digest.
 */
export class BlobStore {
  constructor(
    private readonly executor: Queryable,
    private readonly sealer: ByteSealer,
    private readonly keys: DigestKeys,
  ) {}

  /** Stores the content if it is new; its digest. */
  async put(org: string, bytes: Buffer, secret = false): Promise<string> {
    const digest = secret ? keyedDigestOf(await this.keys.of(org), bytes) : digestOf(bytes);
    await this.putMany(this.executor, org, [{ digest, bytes }]);
    return digest;
  }

  /** One statement in the caller's transaction. @param contents some may be equal; each by the digest that is its own */
  async putMany(executor: Queryable, org: string, contents: readonly Content[]): Promise<void> {
    const distinct = new Map(contents.map((content) => [content.digest, content]));
    if (distinct.size === 0) return;
    const stored = [...distinct.values()].map((content) => this.stored(org, content));
    await executor.query(PUT, [org, [...distinct.keys()], stored]);
  }

  async get(
    org: string,
    digest: string,
    executor: Queryable = this.executor,
  ): Promise<Buffer | undefined> {
    return (await this.getMany(org, [digest], executor)).get(digest);
  }

  /** Those that are there, by digest. @throws SealError for a secret of a key that the settings do not hold */
  async getMany(
    org: string,
    digests: readonly string[],
    executor: Queryable = this.executor,
  ): Promise<Map<string, Buffer>> {
    const rows = await executor.query<{ digest: string; content: Buffer }>(GET, [org, digests]);
    return new Map(rows.map(({ digest, content }) => [digest, this.opened(org, digest, content)]));
  }

  private stored(org: string, { digest, bytes }: Content): Buffer {
    return isKeyed(digest) ? this.sealer.seal({ org, uid: digest }, bytes) : bytes;
  }

  private opened(org: string, digest: string, content: Buffer): Buffer {
    return isKeyed(digest) ? this.sealer.open({ org, uid: digest }, content) : content;
  }
}
