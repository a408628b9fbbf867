import { MAX_MEMBERS, type RepositoryUsersWoken } from '@skein/events';

/** A fleet or device whose spec refers to a repository. */
export interface RepositoryUser {
  readonly kind: 'fleet' | 'device';
  readonly uid: string;
}

function uidsOf(users: readonly RepositoryUser[], kind: RepositoryUser['kind']): string[] {
  return users.filter((user) => user.kind === kind).map(({ uid }) => uid);
}

/** What the users of a repository are told, in their order, at most 1,000 of them at once; nothing when there are none. */
export function wakeUps(name: string, users: readonly RepositoryUser[]): RepositoryUsersWoken[] {
  const portions = Math.ceil(users.length / MAX_MEMBERS);
  return Array.from({ length: portions }, (_, portion) => {
    const told = users.slice(portion * MAX_MEMBERS, (portion + 1) * MAX_MEMBERS);
    return { name, fleets: uidsOf(told, 'fleet'), devices: uidsOf(told, 'device') };
  });
}
