import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  newUid,
  secretUsersWoken,
  type JsonObject,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import {
  canCertify,
  consumerHarness,
  KubernetesServer,
  waitFor,
  type ConsumerHarness,
} from '@skein/testing';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let kubernetes: KubernetesServer;
let scene: Scene;
let harness: ConsumerHarness;
let make: Make;
const scenes: Scene[] = [];

const secret = (name: string): JsonObject => ({
  ...{ name, secretRef: { name, namespace: 'edge', mountPath: '/etc/tls' } },
});

async function open(): Promise<Scene> {
  const opened = await stage.replica({
    SKEIN_KUBERNETES_MODE: 'address',
    SKEIN_KUBERNETES_ADDRESS: kubernetes.address,
    SKEIN_KUBERNETES_TOKEN: kubernetes.token,
    SKEIN_KUBERNETES_CA: kubernetes.ca,
    SKEIN_KUBERNETES_ALLOWED_NAMESPACES: 'edge',
  });
  scenes.push(opened);
  return opened;
}

/** What was said, once something was. */
async function woken(...watchers: readonly Scene['watcher'][]) {
  const said = async () => {
    for (const watcher of watchers) await watcher.once();
    const events = await harness.appended();
    return events.length > 0 ? events : undefined;
  };
  const events = await waitFor(said);
  return events.map(({ type, subject, data }) => ({ type, subject, data }));
}
const told = (name: string, fleets: string[], devices: string[] = []) => ({
  type: secretUsersWoken.type,
  subject: org,
  data: { namespace: 'edge', name, fleets, devices },
});
/** Nothing comes, although there was time for it. */
async function quiet(...watchers: readonly Scene['watcher'][]) {
  for (let turn = 0; turn < 20; turn += 1) {
    for (const watcher of watchers) await watcher.once();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await harness.appended()).toEqual([]);
}

(canCertify ? describe : describe.skip)('a Kubernetes secret that is referred to', () => {
  beforeAll(async () => {
    kubernetes = new KubernetesServer(stage.folder);
    await kubernetes.start();
    await stage.open();
  });
  beforeEach(async () => {
    await close();
    kubernetes.put('edge', 'tls', { key: 'first' });
    scene = await open();
    ({ harness, make } = await stage.renew(scene));
  });
  const close = async () => {
    for (const { watcher } of scenes.splice(0)) await watcher.beforeApplicationShutdown();
  };
  afterAll(async () => {
    await close();
    await kubernetes?.close();
    await stage.close();
  });

  it('wakes who refers to it at its first sight, and whenever it changes, and nobody else', async () => {
    const [fleet, other, device] = [newUid(), newUid(), newUid()];
    await harness.handle(
      make.fleetIs(fleet, [secret('tls')]),
      make.fleetIs(other, [secret('none')]),
      make.deviceIs(device, [secret('tls')]),
    );
    expect(await woken(scene.watcher)).toEqual([told('tls', [fleet], [device])]);
    await quiet(scene.watcher);
    kubernetes.put('edge', 'tls', { key: 'second' });
    expect(await woken(scene.watcher)).toEqual([told('tls', [fleet], [device])]);
    kubernetes.put('edge', 'stranger', { key: 'of nobody' });
    await quiet(scene.watcher);
  });

  it('wakes them when it comes to be, and not when it goes', async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, [secret('later')]));
    await quiet(scene.watcher);
    kubernetes.put('edge', 'later', { key: 'here' });
    expect(await woken(scene.watcher)).toEqual([told('later', [fleet])]);
    kubernetes.delete('edge', 'later');
    await quiet(scene.watcher);
    kubernetes.put('edge', 'later', { key: 'here' });
    expect(await woken(scene.watcher)).toEqual([told('later', [fleet])]);
  });

  it('is told once by two replicas, and what changed while none ran is told at the start', async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, [secret('tls')]));
    const second = await open();
    expect(await woken(scene.watcher, second.watcher)).toEqual([told('tls', [fleet])]);
    kubernetes.put('edge', 'tls', { key: 'while both run' });
    expect(await woken(scene.watcher, second.watcher)).toEqual([told('tls', [fleet])]);
    await quiet(scene.watcher, second.watcher);
    await close();
    kubernetes.put('edge', 'tls', { key: 'while none runs' });
    const third = await open();
    expect(await woken(third.watcher)).toEqual([told('tls', [fleet])]);
  });

  it('wakes who was heard of only after it changed, and had said so before', async () => {
    const [fleet, late] = [newUid(), newUid()];
    const said = make.fleetIs(late, [secret('tls')]);
    await harness.handle(make.fleetIs(fleet, [secret('tls')]));
    expect(await woken(scene.watcher)).toEqual([told('tls', [fleet])]);
    const events = await harness.handle(said);
    expect(events.map(({ data }) => data)).toEqual([told('tls', [late]).data]);
  });

  it('is nothing that is watched any more when nobody refers to it', async () => {
    const fleet = newUid();
    await harness.handle(make.fleetIs(fleet, [secret('tls')]));
    await woken(scene.watcher);
    expect(kubernetes.watching).toBe(1);
    await harness.handle(make.templateIs(fleet, []));
    await waitFor(async () => {
      await scene.watcher.once();
      return kubernetes.watching === 0;
    });
    kubernetes.put('edge', 'tls', { key: 'of nobody' });
    await quiet(scene.watcher);
  });
});
