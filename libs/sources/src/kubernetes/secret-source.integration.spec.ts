import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { canCertify, KubernetesServer } from '@skein/testing';
import { temporaryFolder } from '../../test/git-repository.js';
import type { SourceSettings } from '../settings.js';
import type { SecretRequest } from '../source.js';
import { createSources } from '../sources.js';
import type { KubernetesConnection } from './kubernetes-settings.js';

const request = (namespace: string, name: string): SecretRequest => ({
  type: 'secret',
  org: 'org',
  namespace,
  name,
});

(canCertify ? describe : describe.skip)('Kubernetes secrets', () => {
  const folder = temporaryFolder();
  let server: KubernetesServer;
  let connection: KubernetesConnection;

  const sources = (
    changed: Partial<KubernetesConnection> = {},
    changes: Partial<SourceSettings> & { allowed?: string[] } = {},
  ) => {
    const { allowed = ['edge'], ...others } = changes;
    const reached = { ...connection, ...changed } as KubernetesConnection;
    const kubernetes = { connection: reached, allowedNamespaces: allowed };
    return createSources({ cacheFolder: folder.path, kubernetes, ...others });
  };

  beforeAll(async () => {
    server = new KubernetesServer(folder.path);
    await server.start();
    const { address, token, ca } = server;
    connection = { mode: 'address', address, token: () => token, ca: () => ca };
  });
  afterEach(() => {
    server.status = undefined;
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  it('are a file per key, in the version that the API says', async () => {
    const revision = server.put('edge', 'wifi', { psk: 'k', 'ca.crt': Buffer.from([0, 255]) });
    expect(await sources().fetch(request('edge', 'wifi'))).toEqual({
      revision,
      files: [
        { path: 'psk', mode: 0o644, content: Buffer.from('k') },
        { path: 'ca.crt', mode: 0o644, content: Buffer.from([0, 255]) },
      ],
    });
    server.put('edge', 'empty', {});
    expect((await sources().fetch(request('edge', 'empty'))).files).toEqual([]);
  });

  it('are found through a kubeconfig and its context', async () => {
    server.put('edge', 'wifi', { psk: 'k' });
    const file = join(folder.path, 'kubeconfig');
    const data = Buffer.from(server.ca).toString('base64');
    const cluster = { server: server.address, 'certificate-authority-data': data };
    const [here, gone] = [
      { cluster: 'c', user: 'u' },
      { cluster: 'gone', user: 'u' },
    ];
    const config = {
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: server.token } }],
      contexts: [
        { name: 'here', context: here },
        { name: 'gone', context: gone },
      ],
      'current-context': 'gone',
    };
    writeFileSync(file, JSON.stringify(config));
    const through = (context?: string) =>
      sources({ mode: 'kubeconfig', file, context }).fetch(request('edge', 'wifi'));
    expect((await through('here')).files).toHaveLength(1);
    await expect(through()).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await expect(
      sources({ mode: 'kubeconfig', file: '/nowhere' }).fetch(request('edge', 'wifi')),
    ).rejects.toMatchObject({ code: 'unreachable' });
  });

  it.each([
    [401, 'denied', false, 'renew its token'],
    [403, 'denied', false, '"get" on secrets in namespace "edge"'],
    [404, 'not-found', false, 'no such secret'],
    [410, 'unreachable', true, '410'],
    [400, 'invalid', false, '400'],
    [429, 'unreachable', true, '429'],
    [500, 'unreachable', true, '500'],
  ])('tell status %i as %s', async (status, code, retryable, words) => {
    server.status = status;
    const error: unknown = await sources()
      .fetch(request('edge', 'wifi'))
      .catch((reason: unknown) => reason);
    const message = expect.stringMatching(/^Secret "edge\/wifi": the Kubernetes API answered/);
    expect(error).toMatchObject({ name: 'SourceError', code, retryable, message });
    expect(String(error)).toContain(words);
    expect(String(error)).not.toMatch(/said by the API|t0ken/);
  });

  it('say that the token is wrong, the certificate unknown, or nobody there', async () => {
    const fetched = (changed: Partial<KubernetesConnection>) =>
      sources(changed).fetch(request('edge', 'wifi'));
    await expect(fetched({ token: () => 'other' })).rejects.toMatchObject({ code: 'denied' });
    const message = expect.stringContaining('certificate of the Kubernetes API is not trusted');
    await expect(fetched({ ca: undefined })).rejects.toMatchObject({
      code: 'unreachable',
      message,
    });
    await expect(fetched({ address: 'https://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
    });
    for (const address of ['http://127.0.0.1:1', 'nowhere'])
      await expect(fetched({ address })).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('are refused without a cluster', async () => {
    const none = createSources({ cacheFolder: folder.path });
    const message = expect.stringContaining('set SKEIN_KUBERNETES_MODE');
    await expect(none.fetch(request('edge', 'wifi'))).rejects.toMatchObject({
      code: 'refused',
      message,
    });
  });

  it('are refused in namespaces that the organisation may not read', async () => {
    server.put('kube-system', 'root', { token: 'x' });
    server.requests.length = 0;
    const code = async (...allowed: string[]) =>
      sources({}, { allowed })
        .fetch(request('kube-system', 'root'))
        .then(
          () => 'given',
          ({ code: told }: { code: string }) => told,
        );
    expect(await code()).toBe('refused');
    expect(await code('edge', 'other/kube-system', 'kube', 'org/*')).toBe('refused');
    expect(server.requests).toEqual([]);
    expect(await code('kube-system')).toBe('given');
    expect(await code('org/kube-system')).toBe('given');
    expect(await code('*')).toBe('given');
  });

  it.each([
    ['../../nodes', 'x'],
    ['edge', '../wifi'],
    ['edge', 'a/b'],
    ['edge', ''],
    ['', 'wifi'],
    ['Edge', 'wifi'],
    ['edge', 'a\0'],
    ['edge?x=', 'a'],
    ['edge', 'a'.repeat(254)],
  ])('take no other path of the API for a name: %j %j', async (namespace, name) => {
    server.requests.length = 0;
    const fetched = sources({}, { allowed: ['*'] }).fetch(request(namespace, name));
    await expect(fetched).rejects.toMatchObject({ code: 'invalid' });
    expect(server.requests).toEqual([]);
  });

  it.each(['..', '.', 'a/b', '../x', '.git', 'a\0b'])('take no key %j as a file', async (key) => {
    server.put('edge', 'keys', { [key]: 'x' });
    const fetched = sources().fetch(request('edge', 'keys'));
    await expect(fetched).rejects.toMatchObject({ code: 'refused' });
  });

  it('end at the limits of keys, bytes and time', async () => {
    server.put('edge', 'two', { a: '123', b: '456' });
    for (const limits of [{ files: 1 }, { bytes: 5 }])
      await expect(sources({}, { limits }).fetch(request('edge', 'two'))).rejects.toMatchObject({
        code: 'too-large',
      });
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    const late = sources({}, { limits: { httpTime: 200 } }).fetch(request('edge', 'two'));
    await expect(late).rejects.toMatchObject({ code: 'timed-out', retryable: true });
    gate.resolve();
    server.gate = Promise.resolve();
  });
});
