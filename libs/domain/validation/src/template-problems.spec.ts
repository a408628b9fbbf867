import { describe, expect, it } from '@jest/globals';
import type { ConfigProvider, DeviceSpec } from '@skein/domain-resource';
import { externalReferences } from './external-references.js';
import { templateProblems } from './template-problems.js';

const git = (name: string, targetRevision: string, path = 'etc'): ConfigProvider => ({
  name,
  gitRef: { repository: 'config', targetRevision, path },
});
const http = (suffix: string): ConfigProvider => ({
  name: 'h',
  httpRef: { repository: 'web', suffix, filePath: '/a' },
});
const inline = (name: string, content: string): ConfigProvider => ({
  name,
  inline: [{ path: '/etc/file', content }],
});
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

const sound: DeviceSpec = {
  os: { image: 'os:{{ .metadata.labels.version }}' },
  config: [
    git('git', 'main'),
    git('each', 'release-{{ .metadata.labels.release }}', 'sites/{{ .metadata.name }}'),
    http('/{{ .metadata.labels.site | lower }}'),
    inline('inline', 'site={{ .metadata.labels.site }}'),
    { name: 'feed', httpRef: { repository: 'web', filePath: '/etc/{{ .metadata.name }}' } },
  ],
  applications: [
    {
      name: 'app',
      appType: 'compose',
      inline: [
        {
          path: 'compose.yaml',
          content: base64('{{ .metadata.name }}'),
          contentEncoding: 'base64',
        },
        {
          path: 'logo',
          content: base64(Buffer.from([0xff, 0x7b, 0x7b])),
          contentEncoding: 'base64',
        },
      ],
      // Helm's own templates are not ours.
      values: { text: '{{ .Values.x' },
    },
  ],
};

describe('what is wrong with a template as written', () => {
  it('is nothing, in a sound one', () => {
    expect(templateProblems(sound)).toEqual([]);
  });

  it.each<[string, DeviceSpec, string, string]>([
    [
      'an unclosed action',
      { config: [inline('a', 'x {{ .metadata')] },
      'a',
      'content of /etc/file',
    ],
    ['an image', { os: { image: '{{ if }}' } }, 'os', 'image'],
    [
      'base64 of a broken template',
      {
        applications: [
          {
            appType: 'quadlet',
            inline: [{ path: 'a', content: base64('{{ end }}'), contentEncoding: 'base64' }],
          },
        ],
      },
      'application 0',
      'content of a',
    ],
    [
      'a broken action in the name of a secret',
      { config: [{ name: 's', secretRef: { name: '{{ if }}', namespace: 'b', mountPath: '/c' } }] },
      's',
      'name: line 1',
    ],
    [
      'a broken action in a revision',
      { config: [git('g', '{{ nothing .metadata.name }}')] },
      'g',
      'targetRevision: line 1, column 4: there is no function "nothing"',
    ],
    [
      'a key that no device has, in a path',
      { config: [git('g', 'main', 'sites/{{ .metadata.site }}')] },
      'g',
      'path: line 1, column 10: there is no key "site" in ".metadata"',
    ],
    [
      'a broken action in a suffix',
      { config: [http('{{ if true }}')] },
      'h',
      'suffix: line 1, column 14: the "if" block has no "end"',
    ],
    [
      'parameters in the name of a repository',
      {
        config: [
          {
            name: 'g',
            gitRef: { repository: 'r-{{ .metadata.name }}', targetRevision: 'main', path: '/' },
          },
        ],
      },
      'g',
      'the name of a repository',
    ],
    [
      'no provider',
      { config: [{ name: 'none' } as unknown as ConfigProvider] },
      'none',
      'exactly one',
    ],
    ['one name twice', { config: [inline('a', ''), inline('a', '')] }, 'a', 'two config items'],
  ])('names %s', (_, spec, item, message) => {
    expect(templateProblems(spec)).toEqual([{ item, message: expect.stringContaining(message) }]);
  });

  it('tells what a template version freezes from what depends on the device', () => {
    const { same, dependent } = externalReferences(sound);
    expect(same.map(({ item }) => item)).toEqual(['git', 'feed']);
    expect(dependent.map(({ item }) => item)).toEqual(['each', 'h']);
  });
});
