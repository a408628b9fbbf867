import { Inject, Injectable } from '@nestjs/common';
import type { Blobs } from '@skein/blobs';
import type { FrozenItem } from '@skein/domain-render';
import type { FrozenContent } from '@skein/events';
import { decodeBundle } from '@skein/sources';
import { BLOBS } from './freezing.js';
import { Recent } from './recent.js';

/** Files by the digest of their bundle. */
export type Bundles = ReadonlyMap<string, FrozenItem['files']>;

/** A content that is not in blobs, although something refers to it. */
export class MissingContent extends Error {
  readonly code = 'missing-content';
  readonly retryable = true;
}

const CACHE_BYTES = 16 * 1024 * 1024;

/** The bytes of what was frozen; they never change, so those in use are kept in memory. */
@Injectable()
export class FrozenContents {
  private readonly recent = new Recent<FrozenItem['files']>(CACHE_BYTES);

  constructor(@Inject(BLOBS) private readonly blobs: Blobs) {}

  /** All of them are held together: the caller bounds their sizes. @throws MissingContent */
  async load(org: string, contents: readonly FrozenContent[]): Promise<Bundles> {
    const found = new Map<string, FrozenItem['files']>();
    for (const { digest } of contents) {
      const files = this.recent.get(`${org}/${digest}`);
      if (files) found.set(digest, files);
    }
    const absent = contents.filter(({ digest }) => !found.has(digest));
    for (const [digest, files] of await this.read(org, absent)) found.set(digest, files);
    return found;
  }

  private async read(org: string, contents: readonly FrozenContent[]): Promise<Bundles> {
    if (contents.length === 0) return new Map();
    const sizes = new Map(contents.map(({ digest, size }) => [digest, size]));
    const bundles = await this.blobs.store.getMany(org, [...sizes.keys()]);
    const read = new Map<string, FrozenItem['files']>();
    for (const [digest, size] of sizes) {
      const bundle = bundles.get(digest);
      if (!bundle) throw new MissingContent(`the content ${digest} is not there`);
      read.set(digest, decodeBundle(bundle));
      this.recent.set(`${org}/${digest}`, read.get(digest)!, size);
    }
    return read;
  }
}
