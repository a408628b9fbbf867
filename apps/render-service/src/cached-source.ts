import { cacheKeys, type CacheKey, type CacheScope, type ContentCache } from '@skein/cache';
import {
  decodeBundle,
  encodeBundle,
  urlOf,
  type Fetched,
  type GitRequest,
  type Fetching,
  type SourceRequest,
} from '@skein/sources';

const END_OF_REVISION = '\n';

function encode({ revision, files }: Fetched): Buffer {
  return Buffer.concat([Buffer.from(revision + END_OF_REVISION), encodeBundle(files)]);
}

function decode(value: Buffer): Fetched {
  const end = value.indexOf(END_OF_REVISION);
  return { revision: value.toString('utf8', 0, end), files: decodeBundle(value.subarray(end + 1)) };
}

/** A source whose contents the cache keeps for one template version: what it fetched once, all get. */
export class CachedSource implements Fetching {
  constructor(
    private readonly source: Fetching,
    private readonly cache: ContentCache,
    private readonly scope: CacheScope,
  ) {}

  async fetch(request: SourceRequest, signal = AbortSignal.any([])): Promise<Fetched> {
    if (request.type === 'secret') {
      const key = cacheKeys.secret(this.scope, request.namespace, request.name);
      return this.cached(key, () => this.source.fetch(request, signal), signal);
    }
    await this.keepTo(request.repository);
    if (request.type === 'git') return this.fetchGit(request, signal);
    const key = cacheKeys.httpBody(this.scope, request.repository.name, urlOf(request));
    return this.cached(key, () => this.source.fetch(request, signal), signal);
  }

  /** A repository that is another one by now has nothing in common with what was fetched under its name. */
  private async keepTo({ name, url }: { readonly name: string; readonly url: string }) {
    const key = cacheKeys.repositoryUrl(this.scope, name);
    const kept = await this.cache.agree({ key }, Buffer.from(url));
    if (kept.toString() === url) return;
    await this.cache.drop(this.scope, name);
    await this.cache.agree({ key }, Buffer.from(url));
  }

  private fetchGit(request: GitRequest, signal: AbortSignal): Promise<Fetched> {
    const { repository, targetRevision, path } = request;
    const place = { repository: repository.name, targetRevision, path };
    const key = cacheKeys.gitContents(this.scope, place);
    return this.cached(key, () => this.fetchAgreed(request, signal), signal);
  }

  /** All paths of one revision come from one commit: the first that was found. */
  private async fetchAgreed(request: GitRequest, signal: AbortSignal): Promise<Fetched> {
    const { repository, targetRevision } = request;
    const key = cacheKeys.gitRevision(this.scope, repository.name, targetRevision);
    let fetched: Fetched | undefined;
    const fetch = async () => {
      fetched = await this.source.fetch(request, signal);
      return Buffer.from(fetched.revision);
    };
    const agreed = (await this.cache.getOrFetch({ key, fetch }, signal)).toString();
    if (agreed === fetched?.revision) return fetched;
    return this.source.fetch({ ...request, targetRevision: agreed }, signal);
  }

  private async cached(
    key: CacheKey,
    fetch: () => Promise<Fetched>,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const secret = key.repository === '';
    const wanted = { key, secret, fetch: async () => encode(await fetch()) };
    return decode(await this.cache.getOrFetch(wanted, signal));
  }
}
