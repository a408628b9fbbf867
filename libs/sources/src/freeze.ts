import { encodeBundle } from './bundle.js';
import type { Source, SourceRequest } from './source.js';

/** Where frozen contents stay. Storing the same content again is harmless and gives the same digest. */
export interface ContentStore {
  put(org: string, content: Buffer): Promise<string>;
}

/** What a template version keeps of a reference: the bytes are in the store, under the digest. */
export interface Frozen {
  /** The git commit, or `sha256:<hex>` of an HTTP body. */
  revision: string;
  /** Of the stored bundle. */
  digest: string;
  /** Bytes of the stored bundle. */
  size: number;
}

/** Fetches what the requests refer to and stores each as one bundle; the answers stand in the requests' order. */
export async function freeze(
  requests: readonly SourceRequest[],
  source: Pick<Source, 'fetch'>,
  store: ContentStore,
  signal?: AbortSignal,
): Promise<Frozen[]> {
  const freezeOne = async (request: SourceRequest): Promise<Frozen> => {
    const { revision, files } = await source.fetch(request, signal);
    const bundle = encodeBundle(files);
    const digest = await store.put(request.repository.org, bundle);
    return { revision, digest, size: bundle.length };
  };
  return Promise.all(requests.map(freezeOne));
}
