import { define } from '../define.js';

/** A repository changed: these fleets and devices refer to it. */
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
