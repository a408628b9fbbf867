import { describe, expect, it } from '@jest/globals';
import type { ConfigProvider, DeviceSpec, FileSpec } from '@skein/domain-resource';
import type { ItemProblem } from '@skein/domain-template';
import type { FrozenFile, FrozenItem } from './config-files.js';
import { render } from './render.js';
import type { RenderedDocument } from './rendered-document.js';
import { documentDigest } from './rendered-document.js';

const device = { name: 'edge-01', labels: { site: 'lyon' } };

const git = (name: string, path = '/device'): ConfigProvider => ({
  name,
  gitRef: { repository: 'settings', targetRevision: 'main', path },
});
const inline = (name: string, ...files: FileSpec[]): ConfigProvider => ({ name, inline: files });
const file = (path: string, content: string | Buffer = path, mode = 0o644): FrozenFile => ({
  path,
  mode,
  content: Buffer.from(content as string),
});
const frozen = (...files: FrozenFile[]): FrozenItem => ({ revision: 'r1', files });

function documentOf(spec: DeviceSpec, items: Record<string, FrozenItem> = {}): RenderedDocument {
  const result = render({ device, spec, frozen: items });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.document;
}

function problemsOf(spec: DeviceSpec, items: Record<string, FrozenItem> = {}): ItemProblem[] {
  const result = render({ device, spec, frozen: items });
  return 'problems' in result ? result.problems : [];
}

describe('the rest of the spec', () => {
  it('is expanded where it may hold parameters, and kept otherwise', () => {
    const spec: DeviceSpec = {
      os: { image: 'registry.example.com/os:{{ .metadata.labels.site }}' },
      systemd: { matchPatterns: ['{{ kept }}.service'] },
      resources: [{ monitorType: 'CPU', alertRules: [], samplingInterval: '5s' }],
      applications: [
        {
          name: 'web',
          appType: 'compose',
          image: 'web:{{ .metadata.name }}',
          inline: [
            { path: '{{ .metadata.name }}.yaml', content: 'a: {{ .metadata.name }}' },
            {
              path: 'b',
              content: Buffer.from('{{ .metadata.name }}').toString('base64'),
              contentEncoding: 'base64',
            },
            { path: 'empty' },
          ],
          envVars: { SITE: '{{ .metadata.labels.site }}' },
          volumes: [
            {
              name: 'data',
              image: { reference: 'data:{{ .metadata.name }}', pullPolicy: 'Always' },
            },
            { name: 'logs', mount: { path: '/var/log' } },
          ],
        },
      ],
    };
    expect(documentOf(spec)).toEqual({
      os: { image: 'registry.example.com/os:lyon' },
      config: [],
      systemd: { matchPatterns: ['{{ kept }}.service'] },
      resources: [{ monitorType: 'CPU', alertRules: [], samplingInterval: '5s' }],
      applications: [
        {
          name: 'web',
          appType: 'compose',
          image: 'web:edge-01',
          inline: [
            { path: 'edge-01.yaml', content: 'a: edge-01' },
            {
              path: 'b',
              content: Buffer.from('edge-01').toString('base64'),
              contentEncoding: 'base64',
            },
            { path: 'empty' },
          ],
          envVars: { SITE: 'lyon' },
          volumes: [
            { name: 'data', image: { reference: 'data:edge-01', pullPolicy: 'Always' } },
            { name: 'logs', mount: { path: '/var/log' } },
          ],
        },
      ],
    });
  });
});

describe('problems', () => {
  it('names item and key of every missing label', () => {
    const spec: DeviceSpec = {
      os: { image: 'os:{{ .metadata.labels.release }}' },
      config: [
        inline('motd', { path: '/etc/motd', content: '{{ .metadata.labels.zone }}' }),
        git('base', '/sites/{{ .metadata.labels.rack }}'),
      ],
      applications: [{ appType: 'compose', envVars: { A: '{{ .metadata.labels.port }}' } }],
    };
    expect(problemsOf(spec, { base: frozen() })).toEqual([
      { item: 'os', message: expect.stringMatching(/^image: .*"release"/) },
      { item: 'motd', message: expect.stringMatching(/^content of \/etc\/motd: .*"zone"/) },
      { item: 'base', message: expect.stringMatching(/^path: .*"rack"/) },
      { item: 'application 0', message: expect.stringMatching(/^variable A: .*"port"/) },
    ]);
  });

  it('names both items that write one path', () => {
    const spec = { config: [git('base'), inline('motd', { path: '/etc//./motd', content: '' })] };
    expect(problemsOf(spec, { base: frozen(file('etc/motd')) })).toEqual([
      { item: 'motd', message: 'path /etc/motd is also written by config item "base"' },
    ]);
  });

  it('names what is wrong with a reference, and not that the others were not looked for', () => {
    const config = [
      git('other'),
      git('base', '/sites/{{ .metadata.labels.rack }}'),
      git('gone'),
      git('up', '{{ ".." }}'),
    ];
    const result = render({ device, spec: { config }, frozen: { gone: { problem: 'no branch' } } });
    expect(result).toEqual({
      problems: [
        { item: 'base', message: expect.stringMatching(/^path: .*"rack"/) },
        { item: 'gone', message: 'no branch' },
        { item: 'up', message: 'path ".." holds ".."' },
      ],
    });
  });

  it('finds one path twice within an item', () => {
    const item = inline('a', { path: '/a', content: '' }, { path: '/a', content: '' });
    expect(problemsOf({ config: [item] })).toHaveLength(1);
  });

  it.each(['etc/motd', '', '/etc/../motd', '/..', '/', '/etc/', '/etc/.', '/a\0b'])(
    'refuses the path %j',
    (path) => {
      const spec = { config: [inline('motd', { path, content: '' })] };
      expect(problemsOf(spec)).toEqual([
        { item: 'motd', message: expect.stringContaining('path') },
      ]);
    },
  );

  it('refuses frozen files that climb', () => {
    expect(problemsOf({ config: [git('base')] }, { base: frozen(file('../etc/a')) })).toHaveLength(
      1,
    );
  });

  it('refuses an application file outside its directory', () => {
    const applications = [
      { appType: 'compose' as const, inline: [{ path: '/a' }, { path: '../b' }, { path: 'c' }] },
    ];
    expect(problemsOf({ applications })).toHaveLength(2);
  });

  it.each(['base', '__proto__', 'constructor'])('says that %s is not frozen', (name) => {
    expect(problemsOf({ config: [git(name)] })).toEqual([
      { item: name, message: 'its content is not frozen yet' },
    ]);
  });

  it('refuses two items of one name, and one without a provider', () => {
    const none = { name: 'none' } as ConfigProvider;
    expect(problemsOf({ config: [inline('a'), inline('a'), none] })).toEqual([
      { item: 'none', message: expect.stringContaining('exactly one') },
      { item: 'a', message: expect.stringContaining('two config items') },
    ]);
  });

  it('refuses what is not base64', () => {
    const broken = { content: 'a b!', contentEncoding: 'base64' as const };
    const spec: DeviceSpec = {
      config: [inline('a', { path: '/a', ...broken })],
      applications: [{ name: 'web', appType: 'compose', inline: [{ path: 'b', ...broken }] }],
    };
    expect(problemsOf(spec)).toEqual([
      { item: 'a', message: 'content of /a is not base64' },
      { item: 'application web', message: 'content of b is not base64' },
    ]);
  });
});

describe('documentDigest', () => {
  const spec: DeviceSpec = { config: [git('base')], os: { image: 'os:1' } };
  const one = file('etc/a', 'a');
  const two = file('etc/b', 'b');

  it('is equal for equal input, in whatever order it comes', () => {
    const left = documentOf(spec, { base: frozen(one, two) });
    const right = documentOf({ os: spec.os, config: spec.config }, { base: frozen(two, one) });
    expect(documentDigest(left)).toBe(documentDigest(right));
  });

  it('differs when a byte or a mode differs', () => {
    const digests = [one, file('etc/a', 'A'), file('etc/a', 'a', 0o600)].map((changed) =>
      documentDigest(documentOf(spec, { base: frozen(changed, two) })),
    );
    expect(new Set(digests).size).toBe(3);
  });
});
