import { describe, expect, it } from '@jest/globals';
import type { ConfigProvider, DeviceSpec, FileSpec } from '@skein/domain-resource';
import type { FrozenFile, FrozenItem } from './config-files.js';
import { render } from './render.js';
import type { RenderedDocument } from './rendered-document.js';

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

describe('config', () => {
  it('maps a git directory onto the root of the device, sorted, with modes', () => {
    const items = {
      base: frozen(file('usr/bin/run', '#!/bin/sh\n', 0o100755), file('etc/motd', 'hello {{ x }}')),
    };
    expect(documentOf({ config: [git('base')] }, items).config).toEqual([
      {
        name: 'base',
        inline: [
          { path: '/etc/motd', content: 'hello {{ x }}', contentEncoding: 'plain', mode: 0o644 },
          { path: '/usr/bin/run', content: '#!/bin/sh\n', contentEncoding: 'plain', mode: 0o755 },
        ],
      },
    ]);
  });

  it.each(['', 'motd'])('puts a git file at its base name (frozen as %j)', (path) => {
    const spec = { config: [git('base', '/device/etc/motd')] };
    const [item] = documentOf(spec, { base: frozen(file(path, 'hello')) }).config;
    expect(item?.inline.map((one) => one.path)).toEqual(['/motd']);
  });

  it('puts an HTTP body at its file path', () => {
    const http: ConfigProvider = {
      name: 'banner',
      httpRef: { repository: 'assets', filePath: '/etc/{{ .metadata.labels.site }}' },
    };
    const [item] = documentOf({ config: [http] }, { banner: frozen(file('x', 'body')) }).config;
    expect(item?.inline).toEqual([
      { path: '/etc/lyon', content: 'body', contentEncoding: 'plain', mode: 0o644 },
    ]);
  });

  it('puts each key of a secret below its mount path', () => {
    const secret: ConfigProvider = {
      name: 'key',
      secretRef: { name: 'tls', namespace: 'edge', mountPath: '/etc/tls/', user: 'web' },
    };
    const [item] = documentOf(
      { config: [secret] },
      { key: frozen(file('tls.crt', 'c', 0o600)) },
    ).config;
    expect(item?.inline).toEqual([
      {
        path: '/etc/tls/tls.crt',
        content: 'c',
        contentEncoding: 'plain',
        mode: 0o600,
        user: 'web',
      },
    ]);
  });

  it('expands inline paths and contents', () => {
    const item = inline('motd', {
      path: '/etc/{{ .metadata.labels.site }}//motd',
      content: 'I am {{ upper .metadata.name }}',
      user: 'root',
    });
    expect(documentOf({ config: [item] }).config[0]?.inline).toEqual([
      {
        path: '/etc/lyon/motd',
        content: 'I am EDGE-01',
        contentEncoding: 'plain',
        mode: 0o644,
        user: 'root',
      },
    ]);
  });

  it('expands base64 of a text, and keeps other bytes', () => {
    const encoded = (path: string, bytes: Buffer): FileSpec => ({
      path,
      content: bytes.toString('base64'),
      contentEncoding: 'base64',
    });
    const bytes = Buffer.from([0xff, 0x7b, 0x7b, 0x00]);
    const item = inline(
      'a',
      encoded('/a', Buffer.from('{{ .metadata.name }}')),
      encoded('/b', bytes),
    );
    expect(documentOf({ config: [item] }).config[0]?.inline).toEqual([
      { path: '/a', content: 'edge-01', contentEncoding: 'plain', mode: 0o644 },
      { path: '/b', content: bytes.toString('base64'), contentEncoding: 'base64', mode: 0o644 },
    ]);
  });

  it.each([
    ['text with a byte order mark', Buffer.from('\ufeffé'), 'plain'],
    ['broken UTF-8', Buffer.from([0xc3, 0x28]), 'base64'],
    ['NUL', Buffer.from('a\0b'), 'base64'],
  ])('encodes %s so that no byte is lost', (_name, content, contentEncoding) => {
    const items = { base: frozen({ path: 'a', mode: 0o644, content }) };
    const rendered = documentOf({ config: [git('base')] }, items).config[0]?.inline[0];
    expect(rendered?.contentEncoding).toBe(contentEncoding);
    const encoding = contentEncoding === 'plain' ? 'utf8' : 'base64';
    expect(Buffer.from(rendered?.content ?? '', encoding)).toEqual(content);
  });
});
