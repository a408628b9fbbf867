import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import type { SeenSecret } from '../source.js';
import { createSources } from '../sources.js';
import { KubernetesSecretWatch } from './secret-watch.js';

const file = process.env['SKEIN_TEST_KUBECONFIG'];
const namespace = process.env['SKEIN_TEST_KUBERNETES_NAMESPACE'] ?? 'default';
const name = `skein-test-${Date.now()}`;

(file ? describe : describe.skip)('a real cluster (set SKEIN_TEST_KUBECONFIG)', () => {
  const controller = new AbortController();
  const kubernetes = {
    connection: { mode: 'kubeconfig' as const, file: file ?? '' },
    allowedNamespaces: [namespace],
  };
  let api: CoreV1Api;

  beforeAll(async () => {
    const config = new KubeConfig();
    config.loadFromFile(file ?? '');
    api = config.makeApiClient(CoreV1Api);
    const body = { metadata: { name }, stringData: { psk: 'one' } };
    await api.createNamespacedSecret({ namespace, body });
  });
  afterAll(async () => {
    controller.abort();
    await api.deleteNamespacedSecret({ namespace, name }).catch(() => undefined);
  });

  it('gives its secret, and tells of the change and the end of it', async () => {
    const sources = createSources({ cacheFolder: '/nonexistent', kubernetes });
    const request = { type: 'secret', org: 'org', namespace, name } as const;
    const { revision, files } = await sources.fetch(request);
    expect(files.map(({ path, content }) => [path, content.toString()])).toEqual([['psk', 'one']]);
    const seen: SeenSecret[] = [];
    const watching = new KubernetesSecretWatch(kubernetes).watch({
      secrets: [request],
      signal: controller.signal,
      seen: (secret) => seen.push(secret),
      troubled: () => undefined,
    });
    await waitFor(() => seen.length === 1);
    expect(seen[0]).toEqual({ namespace, name, revision });
    const body = { metadata: { name }, stringData: { psk: 'two' } };
    await api.replaceNamespacedSecret({ namespace, name, body });
    await waitFor(() => seen.length === 2);
    expect((await sources.fetch(request)).revision).toBe(seen[1]?.revision);
    await api.deleteNamespacedSecret({ namespace, name });
    await waitFor(() => seen.length === 3);
    await expect(sources.fetch(request)).rejects.toMatchObject({ code: 'not-found' });
    controller.abort();
    await watching;
  });
});
