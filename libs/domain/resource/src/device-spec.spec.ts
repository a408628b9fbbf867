import { expect, it } from '@jest/globals';
import type { ConfigProvider } from './config-provider.js';
import { configItemKind } from './config-provider.js';
import { repositoriesOf } from './device-spec.js';

const git = (name: string, repository: string): ConfigProvider => ({
  name,
  gitRef: { repository, targetRevision: 'main', path: '/' },
});
const http: ConfigProvider = { name: 'web', httpRef: { repository: 'assets', filePath: '/etc/a' } };
const inline: ConfigProvider = { name: 'motd', inline: [] };
const secret: ConfigProvider = {
  name: 'key',
  secretRef: { name: 'tls', namespace: 'edge', mountPath: '/etc/tls' },
};

it('tells the kinds of config items apart', () => {
  expect([git('a', 'b'), http, inline, secret].map(configItemKind)).toEqual([
    'git',
    'http',
    'inline',
    'secret',
  ]);
});

it('knows no kind for none or several providers', () => {
  expect(configItemKind({ name: 'none' } as ConfigProvider)).toBeUndefined();
  expect(configItemKind({ ...http, inline: [] })).toBeUndefined();
  expect(configItemKind({ ...http, inline: undefined })).toBe('http');
});

it('lists the repositories of a spec sorted, each once', () => {
  const config = [git('b', 'zebra'), http, inline, secret, git('c', 'assets')];
  expect(repositoriesOf({ config })).toEqual(['assets', 'zebra']);
  expect(repositoriesOf({})).toEqual([]);
});

it('knows the repository also of what depends on the device', () => {
  const path = '{{ .metadata.labels.site }}';
  const config: ConfigProvider[] = [
    { name: 'a', gitRef: { repository: 'sites', targetRevision: path, path } },
    { name: 'b', httpRef: { repository: 'assets', suffix: path, filePath: '/etc/a' } },
  ];
  expect(repositoriesOf({ config })).toEqual(['assets', 'sites']);
});
