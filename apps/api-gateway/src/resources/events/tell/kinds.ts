/** Kinds of subjects that stand for another resource of the same uid. */
const standIns: Readonly<Record<string, string>> = {
  Validation: 'Fleet',
  RepositoryUse: 'Repository',
  Dispatching: 'Organization',
};

/** The kind of resource that people know a subject by, as far as the kind alone says it. */
export const resourceKind = (kind: string): string => standIns[kind] ?? kind;
