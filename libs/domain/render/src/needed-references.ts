import type { DeviceSpec } from '@skein/domain-resource';
import type { Reference, TemplateDevice } from '@skein/domain-template';
import { referenceDigest, references, resolveReferences } from '@skein/domain-template';

/** What a device needs the content of. */
export interface NeededReference {
  /** With the device's parameters expanded. */
  readonly reference: Reference;
  /** Equal for references to the same thing. */
  readonly key: string;
}

/** Whether devices need contents that the template version does not have, since they depend on the device. */
export function dependsOnDevice(spec: DeviceSpec): boolean {
  return references(spec).some(({ parameters }) => parameters);
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
    .filter(({ parameters }) => parameters || of === 'device')
    .map((reference) => ({ reference, key: referenceDigest(reference) }));
}
