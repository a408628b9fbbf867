import { repositoryUsersWoken } from '@skein/events';
import { devices, telling } from './telling.js';

const fleetsOf = (count: number) => (count === 1 ? '1 fleet' : `${count} fleets`);

export const repoTellings = [
  telling(repositoryUsersWoken, {
    reasons: ['ReferencedRepositoryUpdated'],
    tell: ({ name, fleets, devices: users }) => ({
      reason: 'ReferencedRepositoryUpdated',
      message: `changed: ${fleetsOf(fleets.length)} and ${devices(users.length)} that refer to it look again`,
      details: { detailType: 'ReferencedRepositoryUpdated', repository: name },
    }),
  }),
];
