import { Injectable } from '@nestjs/common';
import { BlobStore } from '@skein/blobs';
import type { FrozenItem } from '@skein/domain-render';
import type { DeviceSpec } from '@skein/domain-resource';
import { hasParameters } from '@skein/domain-template';
import type { FrozenContent } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { decodeBundle } from '@skein/sources';
import { Recent } from './recent.js';

/** A template version with its frozen contents, ready to render. */
export interface TemplateVersion {
  readonly uid: string;
  /** Uid of the fleet. */
  readonly fleet: string;
  readonly spec: DeviceSpec;
  readonly frozen: Record<string, FrozenItem>;
  /** Whether every device gets the same document. */
  readonly uniform: boolean;
}

interface StoredVersion {
  readonly uid: string;
  readonly fleet: string;
  readonly spec: DeviceSpec;
  readonly frozen: Record<string, FrozenContent>;
}

const CACHE_BYTES = 32 * 1024 * 1024;
/** What a cached template version takes beside its contents, roughly. */
const OVERHEAD_BYTES = 64 * 1024;

/** A content that is not in blobs, although something refers to it. */
export class MissingContent extends Error {
  readonly code = 'missing-content';
  readonly retryable = true;
}

/** Base64 may hold parameters that the text of the spec does not show. */
function isUniform(spec: DeviceSpec): boolean {
  const text = JSON.stringify(spec);
  return !hasParameters(text) && !text.includes('"base64"');
}

/** Template versions never change, so those in use are kept in memory. */
@Injectable()
export class TemplateVersions {
  private readonly recent = new Recent<TemplateVersion>(CACHE_BYTES);

  constructor(
    private readonly postgres: Postgres,
    private readonly blobs: BlobStore,
  ) {}

  /** Those that have arrived, by uid. @throws MissingContent */
  async load(org: string, uids: Iterable<string>): Promise<Map<string, TemplateVersion>> {
    const wanted = [...uids];
    const found = new Map<string, TemplateVersion>();
    for (const uid of wanted) {
      const version = this.recent.get(`${org}/${uid}`);
      if (version) found.set(uid, version);
    }
    const absent = wanted.filter((uid) => !found.has(uid));
    for (const stored of absent.length > 0 ? await this.read(org, absent) : []) {
      found.set(stored.uid, await this.open(org, stored));
    }
    return found;
  }

  /** The frozen contents by the name of their config item. @throws MissingContent */
  async contents(
    org: string,
    frozen: Readonly<Record<string, FrozenContent>>,
  ): Promise<Record<string, FrozenItem>> {
    const items = Object.entries(frozen);
    const bundles = await this.blobs.getMany(
      org,
      items.map(([, { digest }]) => digest),
    );
    return Object.fromEntries(
      items.map(([item, { revision, digest }]) => {
        const bundle = bundles.get(digest);
        if (!bundle) throw new MissingContent(`the content ${digest} of ${item} is not there`);
        return [item, { revision, files: decodeBundle(bundle) }];
      }),
    );
  }

  private read(org: string, uids: readonly string[]): Promise<StoredVersion[]> {
    return this.postgres.query<StoredVersion>(
      `select template_version as uid, fleet, spec, frozen from render.template_versions
       where org = $1 and template_version = any($2::uuid[])`,
      [org, uids],
    );
  }

  private async open(org: string, stored: StoredVersion): Promise<TemplateVersion> {
    const frozen = await this.contents(org, stored.frozen);
    const version = { ...stored, frozen, uniform: isUniform(stored.spec) };
    const contents = Object.values(stored.frozen).map(({ size }) => size);
    const bytes = contents.reduce((sum, size) => sum + size, OVERHEAD_BYTES);
    this.recent.set(`${org}/${stored.uid}`, version, bytes);
    return version;
  }
}
