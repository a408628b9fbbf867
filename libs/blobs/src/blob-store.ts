import type { Queryable } from '@skein/postgres';
import { digestOf } from './digest.js';

// Sorted, so that transactions that store the same contents wait for each other in one order.
const PUT = `
  insert into blobs.contents (org, digest, size, content)
  select $1, given.digest, octet_length(given.content), given.content
  from unnest($2::text[], $3::bytea[]) as given (digest, content)
  order by given.digest
  on conflict do nothing`;

const GET =
  'select digest, content from blobs.contents where org = $1 and digest = any($2::text[])';

/** Immutable contents by digest, apart for each organisation. Equal contents are one row. */
export class BlobStore {
  constructor(private readonly executor: Queryable) {}

  /** Stores the content if it is new; its digest (`sha256:<hex>`). */
  async put(org: string, content: Buffer): Promise<string> {
    const [digest] = await this.putMany(this.executor, org, [content]);
    return digest as string;
  }

  /** One statement in the caller's transaction; the digests in the order of the contents, of which some may be equal. */
  async putMany(executor: Queryable, org: string, contents: readonly Buffer[]): Promise<string[]> {
    const digests = contents.map(digestOf);
    const distinct = new Map(contents.map((content, index) => [digests[index], content]));
    if (distinct.size === 0) return [];
    await executor.query(PUT, [org, [...distinct.keys()], [...distinct.values()]]);
    return digests;
  }

  async get(org: string, digest: string): Promise<Buffer | undefined> {
    return (await this.getMany(org, [digest])).get(digest);
  }

  /** Those that are there, by digest. */
  async getMany(org: string, digests: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await this.executor.query<{ digest: string; content: Buffer }>(GET, [
      org,
      digests,
    ]);
    return new Map(rows.map(({ digest, content }) => [digest, content]));
  }
}
