import type { ConfigItem, ConfigProvider, DeviceSpec } from '@skein/domain-resource';
import { classifyConfigItem, digestOf } from '@skein/domain-resource';
import { Expander } from './expander.js';
import { climbs } from './paths.js';
import type { ItemProblem } from './item-problem.js';
import { hasParameters } from './language/expand.js';
import type { TemplateLimits } from './language/limits.js';
import type { TemplateDevice } from './language/values.js';

interface ReferenceBase {
  /** Name of the config item. */
  item: string;
  /** Whether what must be fetched depends on the device. */
  parameters: boolean;
}

export interface GitReference extends ReferenceBase {
  type: 'git';
  repository: string;
  targetRevision: string;
  /** A directory or a file in the repository. */
  path: string;
}

export interface HttpReference extends ReferenceBase {
  type: 'http';
  repository: string;
  /** Follows the repository's URL. */
  suffix?: string;
  /** Where the body lands on the device; may hold parameters of its own. */
  filePath: string;
}

export interface SecretReference extends ReferenceBase {
  type: 'secret';
  name: string;
  namespace: string;
  /** Where the secret lands on the device; may hold parameters of its own. */
  mountPath: string;
}

/** What is fetched from a repository. */
export type RepositoryReference = GitReference | HttpReference;

/** Something that must be fetched before a spec can be rendered. */
export type Reference = RepositoryReference | SecretReference;

export function isOfRepository(reference: Reference): reference is RepositoryReference {
  return reference.type !== 'secret';
}

/** Whether a secret is part of what a spec is rendered to. */
export function holdsSecrets(spec: DeviceSpec): boolean {
  return references(spec).some(({ type }) => type === 'secret');
}

/** Equal for references to the same thing, whichever item they are of and wherever its content lands. */
export function referenceDigest(reference: Reference): string {
  const { type } = reference;
  if (type === 'secret') {
    const { namespace, name } = reference;
    return digestOf({ type, namespace, name });
  }
  const { repository } = reference;
  if (type === 'http') return digestOf({ type, repository, suffix: reference.suffix ?? '' });
  const { targetRevision, path } = reference;
  return digestOf({ type, repository, targetRevision, path });
}

function depends(...texts: (string | undefined)[]): boolean {
  return texts.some((text) => text !== undefined && hasParameters(text));
}

function referenceOf(config: ConfigItem): Reference | undefined {
  const { kind, item } = config;
  if (kind === 'git') {
    const { repository, targetRevision, path } = item.gitRef;
    const parameters = depends(targetRevision, path);
    return { item: item.name, type: kind, repository, targetRevision, path, parameters };
  }
  if (kind === 'http') {
    const { repository, suffix, filePath } = item.httpRef;
    return {
      item: item.name,
      type: kind,
      repository,
      suffix,
      filePath,
      parameters: depends(suffix),
    };
  }
  if (kind === 'secret') {
    const { name, namespace, mountPath } = item.secretRef;
    const parameters = depends(name, namespace);
    return { item: item.name, type: kind, name, namespace, mountPath, parameters };
  }
  return undefined;
}

function referencesOf(provider: ConfigProvider): Reference[] {
  const config = classifyConfigItem(provider);
  const reference = config && referenceOf(config);
  return reference ? [reference] : [];
}

/** What must be fetched for a spec, in the order of its config items. */
export function references(spec: DeviceSpec): Reference[] {
  return (spec.config ?? []).flatMap(referencesOf);
}

function resolveGit(reference: GitReference, expander: Expander): GitReference {
  const { item } = reference;
  const targetRevision = expander.text(item, 'targetRevision', reference.targetRevision);
  const path = expander.text(item, 'path', reference.path);
  if (climbs(path)) expander.problem(item, `path "${path}" holds ".."`);
  return { ...reference, targetRevision, path };
}

function resolve(reference: Reference, expander: Expander): Reference {
  const { item } = reference;
  if (reference.type === 'git') return resolveGit(reference, expander);
  if (reference.type === 'http') {
    const { suffix, filePath } = reference;
    return {
      ...reference,
      suffix: suffix === undefined ? undefined : expander.text(item, 'suffix', suffix),
      filePath: expander.text(item, 'filePath', filePath),
    };
  }
  return {
    ...reference,
    name: expander.text(item, 'name', reference.name),
    namespace: expander.text(item, 'namespace', reference.namespace),
    mountPath: expander.text(item, 'mountPath', reference.mountPath),
  };
}

/**
 * The references of a spec with the device's parameters expanded. `parameters` still
 * says whether the reference as written depends on the device.
 */
export function resolveReferences(
  spec: DeviceSpec,
  device: TemplateDevice,
  limits?: TemplateLimits,
): { references: Reference[] } | { problems: ItemProblem[] } {
  const expander = new Expander(device, limits);
  const resolved = references(spec).map((reference) => resolve(reference, expander));
  const { problems } = expander;
  return problems.length > 0 ? { problems } : { references: resolved };
}
