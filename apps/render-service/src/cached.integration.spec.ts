import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DEFAULT_ORGANISATION as org,
  fleetDeleted,
  newUid,
  repositoryUsersWoken,
} from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import type { SourceRequest } from '@skein/sources';
import {
  consumerHarness,
  testRedis,
  waitFor,
  type ConsumerHarness,
  type TestRedis,
} from '@skein/testing';
import { Redis } from 'ioredis';
import { cacheReady } from '../test/cache-ready.js';
import { filesOf, gitAt, membersOf, type Outside } from '../test/scene.js';
import { Stage, type Make, type Scene } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
const { worked } = stage;
const perSite = gitAt('{{ .metadata.labels.site }}');
let server: TestRedis;
let redis: Redis;
let outside: Outside;
let harness: ConsumerHarness;
let scene: Scene;
let make: Make;
let lyon: string, nice: string, fleet: string, version: string;

beforeAll(async () => {
  server = await testRedis({ role: 'cache' });
  redis = new Redis(server.url);
  stage.redis = server.url;
  await stage.open();
});
beforeEach(async () => {
  ({ outside, harness, scene, make, device: lyon, fleet, version } = await stage.renew());
  nice = newUid();
  await cacheReady({ cache: scene.cache, redis, waitFor });
  await harness.handle(
    make.repositoryIs(newUid(), 'config'),
    make.deviceIs(lyon, { labels: { site: 'lyon' } }),
    make.deviceIs(nice, { labels: { site: 'nice' } }),
    make.matched(fleet, lyon, nice),
    make.versionIs(version, fleet, perSite),
  );
});
afterAll(async () => {
  await stage.close();
  for (const key of await redis.keys(`v1/${org}/*`)) await redis.del(key);
  redis.disconnect();
  await server.close();
});

/** As a branch that moves: what is fetched by commit stays. */
function moveBranch() {
  let count = 0;
  outside.fetch = async (request: SourceRequest) => {
    outside.asked.push(request);
    if (request.type !== 'git') throw new Error('only git moves');
    const { targetRevision, path } = request;
    count += 1;
    const revision = targetRevision === 'main' ? `commit-${count}` : targetRevision;
    const content = Buffer.from(`${path} of ${revision}`);
    return { revision, files: [{ path: 'motd', mode: 0o644, content }] };
  };
}

const keysOf = (templateVersion: string) =>
  redis.keys(`v1/${org}/${fleet}/${templateVersion}[/@]*`);
const render = async (device: string, target = version) => {
  await harness.handle(make.selected(fleet, target, device));
  return worked();
};

describe('what devices of a template version wait for', () => {
  it('comes from one commit, also for those that come after the branch moved', async () => {
    moveBranch();
    const first = await render(lyon);
    const second = await render(nice);
    expect(await filesOf(scene.blobs, first, lyon)).toEqual({ '/motd': 'lyon of commit-1' });
    expect(await filesOf(scene.blobs, second, nice)).toEqual({ '/motd': 'nice of commit-1' });
  });

  it('is equal for all that need the same, also when the branch moved and the cache was emptied', async () => {
    moveBranch();
    const first = await render(lyon);
    for (const key of await keysOf(version)) await redis.del(key);
    const later = newUid();
    await harness.handle(
      make.deviceIs(later, { labels: { site: 'lyon' } }),
      make.matched(fleet, later),
    );
    const second = await render(later);
    expect(membersOf(second)[0]!.digest).toBe(membersOf(first)[0]!.digest);
    expect(outside.asked).toHaveLength(1);
  });

  it('is fetched anew when the repository has another URL by now', async () => {
    await render(lyon);
    const key = `v1/${org}/${fleet}/${version}/repo-url/config`;
    await redis.set(key, Buffer.from('\u0000https://example.com/former', 'latin1'));
    await redis.del(`v1/${org}/${fleet}/${version}/git-data/config/main/nice`);
    await render(nice);
    expect(outside.asked).toHaveLength(2);
    expect((await redis.get(key))!.slice(1)).toBe('https://example.com/config');
  });
});

describe('what the cache holds of a template version', () => {
  beforeEach(async () => {
    await render(lyon);
    expect(await keysOf(version)).toHaveLength(4);
  });
  const cleaned = async () => {
    while ((await scene.cleaner.once()) > 0);
    return keysOf(version);
  };

  it('stays while nobody says anything', async () => {
    expect(await cleaned()).toHaveLength(4);
  });

  it('goes when there is a newer one, which has its own', async () => {
    const newer = newUid();
    await harness.handle(make.versionIs(newer, fleet, perSite));
    expect(await cleaned()).toEqual([]);
    await render(lyon, newer);
    expect(await keysOf(newer)).toHaveLength(4);
    await cleaned();
    expect(await keysOf(newer)).toHaveLength(4);
  });

  it('goes with its fleet', async () => {
    await harness.handle(harness.event(fleetDeleted, fleet, { name: 'fleet' }));
    expect(await cleaned()).toEqual([]);
  });

  it('goes when its repository changes, and stays when another one does', async () => {
    const woken = (name: string) =>
      harness.event(repositoryUsersWoken, newUid(), { name, fleets: [fleet], devices: [] });
    await harness.handle(woken('other'));
    expect(await cleaned()).toHaveLength(4);
    await harness.handle(woken('config'));
    expect(await cleaned()).toEqual([]);
  });
});
