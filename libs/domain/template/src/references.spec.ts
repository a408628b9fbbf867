import { describe, expect, it } from '@jest/globals';
import type { DeviceSpec } from '@skein/domain-resource';
import { references, resolveReferences } from './references.js';

const spec: DeviceSpec = {
  config: [
    { name: 'base', gitRef: { repository: 'settings', targetRevision: 'main', path: '/base' } },
    { name: 'motd', inline: [{ path: '/etc/motd', content: 'hello {{ .metadata.name }}' }] },
    {
      name: 'site',
      gitRef: {
        repository: 'settings',
        targetRevision: 'main',
        path: '/sites/{{ .metadata.labels.site }}',
      },
    },
    {
      name: 'banner',
      httpRef: {
        repository: 'assets',
        suffix: '/banner?site={{ .metadata.labels.site }}',
        filePath: '/etc/banner',
      },
    },
    { name: 'logo', httpRef: { repository: 'assets', filePath: '/etc/{{ .metadata.name }}' } },
    {
      name: 'key',
      secretRef: { name: 'tls', namespace: 'edge', mountPath: '/etc/{{ .metadata.name }}' },
    },
  ],
};

describe('references', () => {
  it('lists what must be fetched, as written', () => {
    expect(references(spec)).toEqual([
      {
        item: 'base',
        type: 'git',
        repository: 'settings',
        targetRevision: 'main',
        path: '/base',
        parameters: false,
      },
      expect.objectContaining({ item: 'site', type: 'git', parameters: true }),
      {
        item: 'banner',
        type: 'http',
        repository: 'assets',
        suffix: '/banner?site={{ .metadata.labels.site }}',
        filePath: '/etc/banner',
        parameters: true,
      },
      expect.objectContaining({ item: 'logo', type: 'http', parameters: false }),
      expect.objectContaining({ item: 'key', type: 'secret', name: 'tls', parameters: false }),
    ]);
  });

  it('has none for a spec without config', () => {
    expect(references({})).toEqual([]);
  });
});

describe('resolveReferences', () => {
  it('expands the parameters of a device', () => {
    const resolved = resolveReferences(spec, { name: 'edge-01', labels: { site: 'lyon' } });
    expect(resolved).toEqual({
      references: [
        expect.objectContaining({ item: 'base', path: '/base' }),
        expect.objectContaining({ item: 'site', path: '/sites/lyon', parameters: true }),
        expect.objectContaining({ item: 'banner', suffix: '/banner?site=lyon' }),
        expect.objectContaining({ item: 'logo', filePath: '/etc/edge-01' }),
        expect.objectContaining({ item: 'key', mountPath: '/etc/edge-01' }),
      ],
    });
  });

  it('names every item that cannot be resolved', () => {
    expect(resolveReferences(spec, { name: 'edge-01', labels: {} })).toEqual({
      problems: [
        { item: 'site', message: expect.stringMatching(/^path: .*no key "site"/) },
        { item: 'banner', message: expect.stringMatching(/^suffix: .*no key "site"/) },
      ],
    });
  });

  it('refuses a path that a label leads upwards', () => {
    const resolved = resolveReferences(spec, { name: 'edge-01', labels: { site: '..' } });
    expect(resolved).toEqual({
      problems: [{ item: 'site', message: expect.stringContaining('..') }],
    });
  });
});
