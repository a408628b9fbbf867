import { expect, it } from '@jest/globals';
import { referredIn } from './references.js';

it('names what a spec refers to, each once', () => {
  const git = (name: string, path: string) => {
    return { name, gitRef: { repository: 'r', targetRevision: 'main', path } };
  };
  const suffix = '/{{ .metadata.name }}';
  const config = [
    git('a', '/etc'),
    git('b', '/{{ .metadata.name }}'),
    { name: 'c', httpRef: { repository: 'h', suffix, filePath: '/c' } },
    { name: 'd', inline: [] },
  ];
  expect(referredIn({ config })).toEqual([
    { repository: 'r', reference: 'git main' },
    { repository: 'h', reference: 'repository' },
  ]);
  expect(referredIn({})).toEqual([]);
});
