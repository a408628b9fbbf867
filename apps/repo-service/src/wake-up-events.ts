import { secretIn, wakeUps, type RepositoryUser } from '@skein/domain-repo';
import { repositoryUsersWoken, secretUsersWoken, type NewEvent, type Origin } from '@skein/events';
import type { ChangedRepository } from './repo.view.js';
import type { UsedSecret } from './watched-secrets.js';

/** What those who refer to a repository are told. */
export function repositoryWakeUps(
  { org, repository, name }: ChangedRepository,
  users: readonly RepositoryUser[],
  origin?: Origin,
): NewEvent[] {
  return wakeUps(name, users).map((data) => ({
    definition: repositoryUsersWoken,
    org,
    subject: repository,
    data,
    ...(origin && { origin }),
  }));
}

/** What those who refer to a secret are told. */
export function secretWakeUps(
  { org, reference }: UsedSecret,
  users: readonly RepositoryUser[],
  origin?: Origin,
): NewEvent[] {
  const { namespace, name } = secretIn(reference);
  return wakeUps(name, users).map((data) => ({
    definition: secretUsersWoken,
    org,
    subject: org,
    data: { ...data, namespace },
    ...(origin && { origin }),
  }));
}
