import { encodeBundle } from './bundle.js';
import type { Fetching, SourceRequest } from './source.js';

/** Where frozen contents stay. Storing the same content again is harmless and gives the same digest. */
export interface ContentStore {
  /** @param secret sealed then, under a digest that tells nobody what it is */
  put(org: string, content: Buffer, secret: boolean): Promise<string>;
}

/** What a template version keeps of a reference: the bytes are in the store, under the digest. */
export interface Frozen {
  /** As `Fetched` has it. */
  revision: string;
  /** Of the stored bundle. */
  digest: string;
  /** Bytes of the stored bundle. */
  size: number;
}

/** Fetches what the requests refer to and stores each as one bundle; the answers stand in the requests' order. */
export async function freeze(
  requests: readonly SourceRequest[],
  source: Fetching,
  store: ContentStore,
  signal?: AbortSignal,
): Promise<Frozen[]> {
  const freezeOne = async (request: SourceRequest): Promise<Frozen> => {
    const { revision, files } = await source.fetch(request, signal);
    const bundle = encodeBundle(files);
    const secret = request.type === 'secret';
    const org = secret ? request.org : request.repository.org;
    const digest = await store.put(org, bundle, secret);
    return { revision, digest, size: bundle.length };
  };
  return Promise.all(requests.map(freezeOne));
}
