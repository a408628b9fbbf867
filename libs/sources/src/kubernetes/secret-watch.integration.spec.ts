import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { canCertify, KubernetesServer, waitFor } from '@skein/testing';
import { temporaryFolder } from '../../test/git-repository.js';
import type { SeenSecret } from '../source.js';
import { KubernetesSecretWatch } from './secret-watch.js';

(canCertify ? describe : describe.skip)('the watch of secrets', () => {
  const folder = temporaryFolder();
  let server: KubernetesServer;
  let controller: AbortController;
  let seen: SeenSecret[];
  let troubles: string[];
  let running: Promise<void>;

  function start(names: string[], namespace = 'edge'): void {
    const { address, token, ca } = server;
    const watch = new KubernetesSecretWatch({
      connection: { mode: 'address', address, token: () => token, ca: () => ca },
      allowedNamespaces: ['edge', 'shut'],
    });
    controller = new AbortController();
    [seen, troubles] = [[], []];
    running = watch.watch({
      secrets: names.map((name) => ({ org: 'org', namespace, name })),
      signal: controller.signal,
      seen: (secret) => seen.push(secret),
      troubled: (where, error) => troubles.push(`${where} ${error.code}: ${error.message}`),
    });
  }
  const told = (count: number) =>
    waitFor(() => seen.length === count, { message: `${count} seen` });
  const following = () => waitFor(() => server.watching === 1, { message: '1 watching' });

  beforeAll(async () => {
    server = new KubernetesServer(folder.path);
    await server.start();
  });
  afterEach(async () => {
    controller.abort();
    await running;
    server.status = undefined;
    await waitFor(() => server.watching === 0, { message: '0 watching' });
  });
  afterAll(async () => {
    await server.close();
    folder.remove();
  });

  it('tells what is there, then each change of just the wanted ones, without their contents', async () => {
    const first = server.put('edge', 'a', { key: 'secret' });
    for (const other of ['x', 'y', 'z']) server.put('edge', other, { key: 'secret' });
    server.requests.length = 0;
    start(['a', 'b']);
    await told(2);
    await following();
    expect(seen).toEqual([
      { namespace: 'edge', name: 'a', revision: first },
      { namespace: 'edge', name: 'b' },
    ]);
    server.put('edge', 'x', { key: 'other' });
    const second = server.put('edge', 'a', { key: 'new' });
    const created = server.put('edge', 'b', {});
    server.delete('edge', 'a');
    await told(5);
    expect(seen.slice(2)).toEqual([
      { namespace: 'edge', name: 'a', revision: second },
      { namespace: 'edge', name: 'b', revision: created },
      { namespace: 'edge', name: 'a' },
    ]);
    expect(server.requests.length).toBeGreaterThanOrEqual(3);
    expect(server.requests.every((line) => line.includes('as=PartialObjectMetadata'))).toBe(true);
  });

  it('asks for no more than the one secret where it is only one', async () => {
    server.put('edge', 'one', {});
    server.requests.length = 0;
    start(['one']);
    await told(1);
    await following();
    const narrow = (line: string) => line.includes('fieldSelector=metadata.name%3Done');
    expect(server.requests.filter(narrow)).toHaveLength(2);
  });

  it('goes on where it was when the server ends the watch', async () => {
    server.put('edge', 'c', {});
    start(['c', 'd']);
    await told(2);
    await following();
    server.requests.length = 0;
    server.endWatches();
    server.put('edge', 'c', { new: '1' });
    await told(3);
    expect(server.requests.every((line) => line.includes('watch=true'))).toBe(true);
    expect(troubles).toEqual([]);
  });

  it.each(['in the stream', 'as the answer'])('lists again after 410 %s', async (where) => {
    server.put('edge', 'e', {});
    start(['e', 'f']);
    await told(2);
    await following();
    server.requests.length = 0;
    if (where === 'as the answer') server.status = 410;
    server.endWatches();
    const changed = server.put('edge', 'e', { new: '1' });
    server.forget();
    await waitFor(() => server.requests.length > 0);
    server.status = undefined;
    await told(3);
    expect(seen[2]).toEqual({ namespace: 'edge', name: 'e', revision: changed });
    await following();
    expect(troubles).toEqual([]);
  });

  it('says what hinders it, comes back, and then tells what it missed', async () => {
    server.put('edge', 'g', {});
    start(['g', 'h']);
    await told(2);
    await following();
    server.status = 503;
    server.endWatches();
    await waitFor(() => troubles.length > 0);
    expect(troubles[0]).toBe('edge unreachable: the Kubernetes API answered 503');
    server.delete('edge', 'g');
    server.status = undefined;
    await told(3);
    expect(seen[2]).toEqual({ namespace: 'edge', name: 'g' });
  });

  it('says what to grant, and which namespaces it may not look into', async () => {
    server.forbidden.add('shut');
    start(['i'], 'shut');
    await waitFor(() => troubles.length > 0);
    expect(troubles[0]).toMatch(/^shut denied: .*grant .*"list" and "watch" on secrets/);
    controller.abort();
    await running;
    server.requests.length = 0;
    start(['i'], 'kube-system');
    await running;
    expect(troubles[0]).toMatch(/^kube-system refused: /);
    expect(server.requests).toEqual([]);
  });

  it('stops at once, also while nobody answers', async () => {
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    server.requests.length = 0;
    start(['j']);
    await waitFor(() => server.requests.length === 1);
    controller.abort();
    await running;
    gate.resolve();
    server.gate = Promise.resolve();
  });
});
