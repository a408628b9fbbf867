/** The services that hear events: each has one stream per partition and one consumer group. */
export const groups = ['gateway', 'selector', 'validation', 'rollout', 'render', 'repo'] as const;
export type Group = (typeof groups)[number];

/** Each kind of subject and the only service that speaks of it. */
export const speakers = {
  Device: 'gateway',
  Fleet: 'gateway',
  Repository: 'gateway',
  /** What people ask of a rollout; the subject is the rollout. */
  RolloutRequest: 'gateway',
  /** Whether anything is dispatched at all; the subject is the organisation. */
  Dispatching: 'gateway',
  /** Which devices are silent; the subject is the organisation. */
  Connection: 'gateway',
  /** What a repository's server says of it; the subject is the repository. */
  RepositoryPush: 'gateway',
  /** Which fleet owns which devices; the subject is the organisation. */
  Matching: 'selector',
  TemplateVersion: 'validation',
  /** Whether a fleet's template is valid; the subject is the fleet. */
  Validation: 'validation',
  Rollout: 'rollout',
  /** Rendered documents; the subject is the fleet, or the device that has none. */
  Rendering: 'render',
  /** Who refers to a repository; the subject is the repository. */
  RepositoryUse: 'repo',
  /** Who refers to a Kubernetes secret; the subject is the organisation. */
  SecretUse: 'repo',
  /** Whether a repository can be reached, and what changed in it; the subject is the repository. */
  RepositoryCheck: 'repo',
  /** What a service gave up; the subject is that of the event which it could not handle. */
  GatewayTask: 'gateway',
  SelectorTask: 'selector',
  ValidationTask: 'validation',
  RolloutTask: 'rollout',
  RenderTask: 'render',
  RepoTask: 'repo',
} as const satisfies Record<string, Group>;

export type Kind = keyof typeof speakers;

/** The kind in which a service says what it gave up. */
export type TaskKind<Service extends Group = Group> = `${Capitalize<Service>}Task`;
