import { Inject, Injectable } from '@nestjs/common';
import { isOfRepository } from '@skein/domain-template';
import { Postgres } from '@skein/postgres';
import type { Fetching } from '@skein/sources';
import type { AskedReference } from './asked-references.js';
import { CachedContents } from './cached-contents.js';
import { CachedSource } from './cached-source.js';
import { FREEZING, type Freezing } from './freezing.js';
import { RenderCache } from './render-cache.js';

/** From where what devices wait for is fetched. */
@Injectable()
export class CachedSources {
  constructor(
    private readonly postgres: Postgres,
    private readonly contents: CachedContents,
    private readonly cache: RenderCache,
    @Inject(FREEZING) private readonly freezing: Freezing,
  ) {}

  /** Through the cache, where others of the same template version may ask for the same. */
  async of(org: string, { request, fleet, templateVersion }: AskedReference): Promise<Fetching> {
    const { source } = this.freezing;
    if (fleet === null || templateVersion === null) return source;
    const scope = { org, fleet, templateVersion };
    const repository = isOfRepository(request) ? request.repository : '';
    await this.contents.note(this.postgres, { scope, repository });
    return new CachedSource(source, this.cache.contents, scope);
  }
}
