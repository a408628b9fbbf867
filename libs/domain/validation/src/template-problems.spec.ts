import { describe, expect, it } from '@jest/globals';
import type { ConfigProvider, DeviceSpec } from '@skein/domain-resource';
import { externalReferences } from './external-references.js';
import { templateProblems } from './template-problems.js';

const git = (name: string, targetRevision: string, path = 'etc'): ConfigProvider => ({
  name,
  gitRef: { repository: 'config', targetRevision, path },
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
      'a secret',
      { config: [{ name: 's', secretRef: { name: 'a', namespace: 'b', mountPath: '/c' } }] },
      's',
      'not supported yet',
    ],
    [
      'parameters in a revision',
      { config: [git('g', '{{ .metadata.name }}')] },
      'g',
      'device parameters',
    ],
    [
      'parameters in a path',
      { config: [git('g', 'main', 'sites/{{ .metadata.name }}')] },
      'g',
      'device parameters',
    ],
    [
      'parameters in a suffix',
      {
        config: [
          {
            name: 'h',
            httpRef: { repository: 'web', suffix: '/{{ .metadata.name }}', filePath: '/a' },
          },
        ],
      },
      'h',
      'suffix',
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

  it('leaves to freezing only what is the same for every device', () => {
    const references = externalReferences({
      config: [...sound.config!, git('each', '{{ .metadata.name }}')],
    });
    expect(references.map(({ item }) => item)).toEqual(['git', 'feed']);
  });
});
