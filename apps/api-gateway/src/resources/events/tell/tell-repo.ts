import {
  repositoryAccessChecked,
  repositoryContentsChanged,
  repositoryUsersWoken,
  secretUsersWoken,
  type RepositoryContentsChanged,
} from '@skein/events';
import { devices, telling, type Told } from './telling.js';

const fleetsOf = (count: number) => (count === 1 ? '1 fleet' : `${count} fleets`);

const SHOWN_DIGITS = 19;
const LONGEST_MESSAGE = 2_000;

function changed({ name, changes }: RepositoryContentsChanged): Told {
  const all = changes.map(({ reference, revision }) => {
    const state = revision === '' ? 'empty' : revision.slice(0, SHOWN_DIGITS);
    return `${reference} is ${state}`;
  });
  return {
    reason: 'ReferencedRepositoryUpdated',
    message: `has other contents: ${all.join(', ').slice(0, LONGEST_MESSAGE)}`,
    details: { detailType: 'ReferencedRepositoryUpdated', repository: name },
  };
}

export const repoTellings = [
  telling(repositoryUsersWoken, {
    reasons: ['ReferencedRepositoryUpdated'],
    tell: ({ name, fleets, devices: users }) => ({
      reason: 'ReferencedRepositoryUpdated',
      message: `is looked at again by ${fleetsOf(fleets.length)} and ${devices(users.length)} that refer to it`,
      details: { detailType: 'ReferencedRepositoryUpdated', repository: name },
    }),
  }),
  telling(secretUsersWoken, {
    reasons: ['ReferencedSecretUpdated'],
    tell: ({ namespace, name, fleets, devices: users }) => ({
      reason: 'ReferencedSecretUpdated',
      message: `has another secret ${namespace}/${name}, which ${fleetsOf(fleets.length)} and ${devices(users.length)} look at again`,
    }),
  }),
  telling(repositoryContentsChanged, {
    reasons: ['ReferencedRepositoryUpdated'],
    tell: changed,
  }),
  telling(repositoryAccessChecked, {
    reasons: ['RepositoryAccessible', 'RepositoryInaccessible'],
    tell: ({ accessible, message }) =>
      accessible
        ? { reason: 'RepositoryAccessible', message: 'can be read' }
        : { reason: 'RepositoryInaccessible', message: `cannot be read: ${message}` },
  }),
];
