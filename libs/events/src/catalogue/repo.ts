import { define } from '../define.js';

/** A repository changed, or what they refer to in it: these fleets and devices look again. */
export interface RepositoryUsersWoken {
  /** Name of the repository. */
  readonly name: string;
  readonly fleets: readonly string[];
  readonly devices: readonly string[];
}
export const repositoryUsersWoken = define<RepositoryUsersWoken>(
  'RepositoryUse',
  'skein.repository-use.users-woken.v1',
  ['name', 'fleets', 'devices'],
);

/** A Kubernetes secret is another one than before: these fleets and devices look again. The subject is the organisation. */
export interface SecretUsersWoken {
  readonly namespace: string;
  /** Of the secret. */
  readonly name: string;
  readonly fleets: readonly string[];
  readonly devices: readonly string[];
}
export const secretUsersWoken = define<SecretUsersWoken>(
  'SecretUse',
  'skein.secret-use.users-woken.v1',
  ['namespace', 'name', 'fleets', 'devices'],
);

/** The repository's condition `Accessible`; the subject is the repository. Said when it is another one than before. */
export interface RepositoryAccessChecked {
  readonly accessible: boolean;
  /** One word: Accessible, or why not. */
  readonly reason: string;
  /** For a person. */
  readonly message: string;
}
export const repositoryAccessChecked = define<RepositoryAccessChecked>(
  'RepositoryCheck',
  'skein.repository-check.access-checked.v1',
  ['accessible', 'reason', 'message'],
);

/** Something in the repository, which is the subject, was found to be another one than at the check before. */
export interface RepositoryContentsChanged {
  /** Name of the repository. */
  readonly name: string;
  readonly changes: readonly {
    /** `git <revision>`, `http <suffix>`, or `repository` for what devices ask for with parameters of their own. */
    readonly reference: string;
    /** A git object, or the digest of an HTTP body. */
    readonly revision: string;
  }[];
}
export const repositoryContentsChanged = define<RepositoryContentsChanged>(
  'RepositoryCheck',
  'skein.repository-check.contents-changed.v1',
  ['name', 'changes'],
);
