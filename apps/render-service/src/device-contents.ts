import { Inject, Injectable } from '@nestjs/common';
import { repositoriesOf, type DeviceSpec } from '@skein/domain-resource';
import { resolveReferences, type ItemProblem, type Reference } from '@skein/domain-template';
import type { FrozenItem } from '@skein/domain-render';
import { Postgres } from '@skein/postgres';
import { freezeItems } from '@skein/sources';
import { FREEZING, type Freezing } from './freezing.js';
import type { PendingDevice } from './pending-devices.js';
import { RenderView } from './render.view.js';
import { TemplateVersions } from './template-versions.js';

/** A device without a fleet, with a spec of its own. */
export type Standalone = PendingDevice & { readonly spec: DeviceSpec };

/** What a device's own spec refers to; or what a person must mend; or what does not answer now. */
export type Contents =
  | { readonly frozen: Record<string, FrozenItem> }
  | { readonly problems: readonly ItemProblem[] }
  | { readonly waiting: readonly ItemProblem[] };

function secretProblems(references: readonly Reference[]): ItemProblem[] {
  return references
    .filter(({ type }) => type === 'secret')
    .map(({ item }) => ({ item, message: 'secretRef is not supported yet' }));
}

/** Fetches and freezes what devices' own specs refer to. */
@Injectable()
export class DeviceContents {
  constructor(
    private readonly postgres: Postgres,
    private readonly view: RenderView,
    private readonly templates: TemplateVersions,
    @Inject(FREEZING) private readonly freezing: Freezing,
  ) {}

  async of({ org, spec, name, labels }: Standalone, signal: AbortSignal): Promise<Contents> {
    const resolved = resolveReferences(spec, { name, labels });
    if ('problems' in resolved) return resolved;
    const names = repositoriesOf(spec);
    const repositories = await this.view.repositories.named(this.postgres, org, names);
    const external = resolved.references.filter((reference) => reference.type !== 'secret');
    const attempt = await freezeItems(external, { ...this.freezing, repositories, signal });
    const problems = [...secretProblems(resolved.references), ...attempt.problems];
    if (problems.length > 0) return { problems };
    if (attempt.waiting.length > 0) return { waiting: attempt.waiting };
    return { frozen: await this.templates.contents(org, attempt.frozen) };
  }
}
