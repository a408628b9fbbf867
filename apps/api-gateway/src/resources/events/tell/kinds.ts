import type { Kind } from '@skein/events';

/** The kinds of resources that the subjects of a kind are told as; undefined: any. */
const shownAs: Readonly<Record<Kind, readonly string[] | undefined>> = {
  Device: ['Device'],
  Fleet: ['Fleet'],
  Repository: ['Repository'],
  RolloutRequest: ['Fleet'],
  Dispatching: ['Organization'],
  Connection: ['Device'],
  Matching: ['Device'],
  TemplateVersion: ['TemplateVersion'],
  Validation: ['Fleet'],
  Rollout: ['Fleet'],
  Rendering: ['Fleet', 'Device'],
  RepositoryUse: ['Repository'],
  SecretUse: ['Organization'],
  RepositoryCheck: ['Repository'],
  RepositoryPush: ['Repository'],
  GatewayTask: undefined,
  SelectorTask: undefined,
  ValidationTask: undefined,
  RolloutTask: undefined,
  RenderTask: undefined,
  RepoTask: undefined,
};

/** Kinds of subjects that stand for another resource of the same uid. */
const standIns: Readonly<Record<string, string>> = {
  Validation: 'Fleet',
  RepositoryUse: 'Repository',
  RepositoryCheck: 'Repository',
  RepositoryPush: 'Repository',
  Dispatching: 'Organization',
  SecretUse: 'Organization',
};

/** The kind of resource that people know a subject by, as far as the kind alone says it. */
export const resourceKind = (kind: string): string => standIns[kind] ?? kind;

/** Whether an event of this kind can be told as one entry about such a resource. */
export function canBeAbout(kind: Kind, isAsked: (resource: string) => boolean): boolean {
  return shownAs[kind]?.some(isAsked) ?? true;
}
