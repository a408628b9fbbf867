import { randomBytes } from 'node:crypto';
import type { Queryable } from '@skein/postgres';
import type { ByteSealer } from './byte-sealer.js';

const KEY_BYTES = 32;
const FIND = 'select sealed from blobs.digest_keys where org = $1';
const ADD = 'insert into blobs.digest_keys (org, sealed) values ($1, $2) on conflict do nothing';

/**
 * The key of each organisation for the digests of its secrets: drawn once, sealed, and never changed. So a secret's digest stays the same
 * when the sealing key is changed.
 */
export class DigestKeys {
  private readonly known = new Map<string, Buffer>();

  constructor(
    private readonly executor: Queryable,
    private readonly sealer: ByteSealer,
  ) {}

  /** @throws SealError when it was sealed with a key that the settings do not hold */
  async of(org: string): Promise<Buffer> {
    const known = this.known.get(org);
    if (known) return known;
    const binding = { org, uid: 'digest-key' };
    const sealed =
      (await this.find(org)) ??
      (await this.add(org, this.sealer.seal(binding, randomBytes(KEY_BYTES))));
    const key = this.sealer.open(binding, sealed);
    this.known.set(org, key);
    return key;
  }

  private async find(org: string): Promise<Buffer | undefined> {
    const [row] = await this.executor.query<{ sealed: Buffer }>(FIND, [org]);
    return row?.sealed;
  }

  /** The first to write wins. */
  private async add(org: string, sealed: Buffer): Promise<Buffer> {
    await this.executor.query(ADD, [org, sealed]);
    return (await this.find(org)) ?? sealed;
  }
}
