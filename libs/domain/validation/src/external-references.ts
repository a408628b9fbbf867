import type { GitReference, HttpReference } from '@skein/domain-template';
import { references } from '@skein/domain-template';
import type { DeviceSpec } from '@skein/domain-resource';

export type ExternalReference = GitReference | HttpReference;

/** What a template version must freeze: the references that are the same for every device. */
export function externalReferences(spec: DeviceSpec): ExternalReference[] {
  return references(spec)
    .filter((reference) => reference.type !== 'secret')
    .filter(({ parameters }) => !parameters);
}
