import { expect, it } from '@jest/globals';
import { referredIn, secretIn } from './references.js';

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

it('names secrets, but not those that depend on the device', () => {
  const secret = (name: string, namespace = 'edge') => {
    return { name, secretRef: { name, namespace, mountPath: '/etc/tls' } };
  };
  const config = [secret('tls'), secret('tls'), secret('{{ .metadata.name }}'), secret('a', 'b/c')];
  const referred = referredIn({ config });
  expect(referred).toEqual([{ repository: '', reference: 'secret edge/tls' }]);
  expect(secretIn(referred[0]!.reference)).toEqual({ namespace: 'edge', name: 'tls' });
});
