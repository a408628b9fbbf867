import { describe, expect, it } from '@jest/globals';
import { KubernetesConfig } from './kubernetes-config.js';
import { readConfig } from './read.js';

const read = (changes: Record<string, string> = {}) =>
  readConfig(KubernetesConfig, {
    SKEIN_DATABASE_URL: 'postgres://render@127.0.0.1/skein',
    SKEIN_STREAM_REDIS_URL: 'redis://127.0.0.1',
    SKEIN_SEALING_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...changes,
  }).kubernetesSettings;

describe('settings of the cluster', () => {
  it('are off by default', () => {
    expect(read()).toBeUndefined();
  });

  it('take what the mode needs', () => {
    const namespaces = { SKEIN_KUBERNETES_ALLOWED_NAMESPACES: 'edge, org/sites' };
    expect(read({ SKEIN_KUBERNETES_MODE: 'in-cluster', ...namespaces })).toEqual({
      connection: { mode: 'in-cluster' },
      allowedNamespaces: ['edge', 'org/sites'],
    });
    const kubeconfig = {
      SKEIN_KUBERNETES_MODE: 'kubeconfig',
      SKEIN_KUBERNETES_KUBECONFIG: '/etc/kubeconfig',
      SKEIN_KUBERNETES_CONTEXT: 'edge',
    };
    expect(read(kubeconfig)?.connection).toEqual({
      mode: 'kubeconfig',
      file: '/etc/kubeconfig',
      context: 'edge',
    });
    const address = {
      SKEIN_KUBERNETES_MODE: 'address',
      SKEIN_KUBERNETES_ADDRESS: 'https://10.0.0.1:6443',
      SKEIN_KUBERNETES_TOKEN: 'token',
    };
    const connection = read(address)?.connection;
    expect(connection).toMatchObject({ address: 'https://10.0.0.1:6443', ca: undefined });
    expect(connection?.mode === 'address' && connection.token()).toBe('token');
  });

  it.each([
    [{ SKEIN_KUBERNETES_MODE: 'on' }, 'SKEIN_KUBERNETES_MODE'],
    [{ SKEIN_KUBERNETES_MODE: 'kubeconfig' }, 'SKEIN_KUBERNETES_KUBECONFIG'],
    [{ SKEIN_KUBERNETES_MODE: 'address' }, 'SKEIN_KUBERNETES_TOKEN'],
    [
      { SKEIN_KUBERNETES_MODE: 'address', SKEIN_KUBERNETES_ADDRESS: 'http://a:1' },
      'SKEIN_KUBERNETES_ADDRESS',
    ],
  ])('refuse %j', (changes, named) => {
    expect(() => read(changes as Record<string, string>)).toThrow(named);
  });
});
