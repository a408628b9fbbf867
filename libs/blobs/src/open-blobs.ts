import type { Queryable } from '@skein/postgres';
import { BlobStore } from './blob-store.js';
import { ByteSealer } from './byte-sealer.js';
import { DigestKeys } from './digest-keys.js';
import { SealedStore } from './sealed-store.js';
import { Sealer, type SealingKeys } from './sealer.js';
import { Vault } from './vault.js';

/** Everything that a service needs of the blobs, over one connection and with one set of keys. */
export interface Blobs {
  readonly store: BlobStore;
  readonly vault: Vault;
  readonly digestKeys: DigestKeys;
  readonly byteSealer: ByteSealer;
}

/** @throws SealError for keys that are none */
export function openBlobs(executor: Queryable, keys: SealingKeys): Blobs {
  const sealer = new Sealer(keys);
  const byteSealer = new ByteSealer(sealer);
  const digestKeys = new DigestKeys(executor, byteSealer);
  return {
    store: new BlobStore(executor, byteSealer, digestKeys),
    vault: new Vault(new SealedStore(executor), sealer),
    ...{ digestKeys, byteSealer },
  };
}
