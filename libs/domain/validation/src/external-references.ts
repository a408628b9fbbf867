import type { ExternalReference } from '@skein/domain-template';
import { isExternal, references } from '@skein/domain-template';
import type { DeviceSpec } from '@skein/domain-resource';

export interface ExternalReferences {
  /** The same for every device: a template version freezes them. */
  readonly same: readonly ExternalReference[];
  /** Depends on the device: rendering freezes each at its first use. */
  readonly dependent: readonly ExternalReference[];
}

/** What a template refers to in repositories. */
export function externalReferences(spec: DeviceSpec): ExternalReferences {
  const external = references(spec).filter(isExternal);
  return {
    same: external.filter(({ parameters }) => !parameters),
    dependent: external.filter(({ parameters }) => parameters),
  };
}
