import { Injectable } from '@nestjs/common';
import { dependsOnDevice, type FrozenItem } from '@skein/domain-render';
import type { DeviceSpec } from '@skein/domain-resource';
import { hasParameters, holdsSecrets } from '@skein/domain-template';
import type { FrozenContent } from '@skein/events';
import { Postgres } from '@skein/postgres';
import { FrozenContents } from './frozen-contents.js';
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
  /** Whether something that it refers to depends on the device. */
  readonly dependent: boolean;
  /** Whether documents made of it hold a secret. */
  readonly secret: boolean;
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
    private readonly contents: FrozenContents,
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

  private read(org: string, uids: readonly string[]): Promise<StoredVersion[]> {
    return this.postgres.query<StoredVersion>(
      `select template_version as uid, fleet, spec, frozen from render.template_versions
       where org = $1 and template_version = any($2::uuid[])`,
      [org, uids],
    );
  }

  private async open(org: string, stored: StoredVersion): Promise<TemplateVersion> {
    const items = Object.entries(stored.frozen);
    const contents = items.map(([, content]) => content);
    const bundles = await this.contents.load(org, contents);
    const frozen = items.map(([item, { revision, digest }]) => {
      return [item, { revision, files: bundles.get(digest)! }] as const;
    });
    const version = {
      ...stored,
      frozen: Object.fromEntries(frozen),
      uniform: isUniform(stored.spec),
      dependent: dependsOnDevice(stored.spec),
      secret: holdsSecrets(stored.spec),
    };
    const bytes = contents.reduce((sum, { size }) => sum + size, OVERHEAD_BYTES);
    this.recent.set(`${org}/${stored.uid}`, version, bytes);
    return version;
  }
}
