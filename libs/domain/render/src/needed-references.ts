import type { DeviceSpec } from '@skein/domain-resource';
import type { ExternalReference, TemplateDevice } from '@skein/domain-template';
import { isExternal, referenceDigest, references, resolveReferences } from '@skein/domain-template';

/** What a device needs the content of. */
export interface NeededReference {
  /** With the device's parameters expanded. */
  readonly reference: ExternalReference;
  /** Equal for references to the same thing. */
  readonly key: string;
}

/** Whether devices need contents that the template version does not have, since they depend on the device. */
export function dependsOnDevice(spec: DeviceSpec): boolean {
  return references(spec).some((reference) => isExternal(reference) && reference.parameters);
}

/**
 * What must be fetched for a device: by a template version, what depends on the device; by a spec of its own,
 * everything. Nothing when some reference cannot be expanded: rendering says so.
 */
export function neededReferences(
  spec: DeviceSpec,
  device: TemplateDevice,
  of: 'template version' | 'device',
): NeededReference[] {
  const resolved = resolveReferences(spec, device);
  if ('problems' in resolved) return [];
  return resolved.references
    .filter(isExternal)
    .filter(({ parameters }) => parameters || of === 'device')
    .map((reference) => ({ reference, key: referenceDigest(reference) }));
}

/** By item, that secrets cannot be rendered. */
export function secretProblems(spec: DeviceSpec): Record<string, { problem: string }> {
  const secrets = references(spec).filter((reference) => !isExternal(reference));
  const problem = 'secretRef is not supported yet';
  return Object.fromEntries(secrets.map(({ item }) => [item, { problem }]));
}
