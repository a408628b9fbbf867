import type { Reference } from '@skein/domain-template';
import { references } from '@skein/domain-template';
import type { DeviceSpec } from '@skein/domain-resource';

export interface ExternalReferences {
  /** The same for every device: a template version freezes them. */
  readonly same: readonly Reference[];
  /** Depends on the device: rendering freezes each at its first use. */
  readonly dependent: readonly Reference[];
}

/** What a template refers to outside of itself. */
export function externalReferences(spec: DeviceSpec): ExternalReferences {
  const external = references(spec);
  return {
    same: external.filter(({ parameters }) => !parameters),
    dependent: external.filter(({ parameters }) => parameters),
  };
}
