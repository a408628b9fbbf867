import type { DeviceSpec, ImageOrCatalogItem } from '@skein/domain-resource';
import type { ItemProblem, TemplateDevice, TemplateLimits } from '@skein/domain-template';
import { Expander } from '@skein/domain-template';
import type { ContentProblem, FrozenItem } from './config-files.js';
import { renderApplications } from './render-applications.js';
import { renderConfig } from './render-config.js';
import type { RenderedDocument } from './rendered-document.js';

export interface RenderInput {
  device: TemplateDevice;
  spec: DeviceSpec;
  /** By config item name: the content of each reference, resolved for this device, or why it has none. */
  frozen: Record<string, FrozenItem | ContentProblem>;
  limits?: TemplateLimits;
}

export type RenderResult = { document: RenderedDocument } | { problems: ItemProblem[] };

function renderOs(os: ImageOrCatalogItem, expander: Expander): ImageOrCatalogItem {
  return os.image === undefined ? os : { ...os, image: expander.text('os', 'image', os.image) };
}

/**
 * Makes the document that a device's agent fetches. Equal input gives an equal
 * document; whatever prevents it is named, all of it at once.
 */
export function render({ device, spec, frozen, limits }: RenderInput): RenderResult {
  const expander = new Expander(device, limits);
  const absent: string[] = [];
  const { os, applications } = spec;
  const document: RenderedDocument = {
    ...spec,
    ...(os && { os: renderOs(os, expander) }),
    config: renderConfig(spec.config ?? [], { expander, frozen, absent }),
    ...(applications && { applications: renderApplications(applications, expander) }),
  };
  const { problems } = expander;
  if (problems.length > 0) return { problems };
  const message = 'its content is not frozen yet';
  if (absent.length > 0) return { problems: absent.map((item) => ({ item, message })) };
  return { document };
}
