import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION as org, newUid, type JsonObject } from '@skein/events';
import { migratedDatabase } from '@skein/migrate';
import { createSources } from '@skein/sources';
import { consumerHarness, testRedis, waitFor, type TestRedis } from '@skein/testing';
import { Redis } from 'ioredis';
import { cacheReady } from '../test/cache-ready.js';
import { failuresOf, gitAt, membersOf } from '../test/scene.js';
import { Stage } from '../test/stage.js';

const stage = new Stage({ migratedDatabase, consumerHarness });
let server: TestRedis;
let redis: Redis;
let folder: string;
let work: string;

const run = (...args: string[]) => execFileSync('git', ['-C', work, ...args]);
function commit(files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), content, { mode: path.includes('bin/') ? 0o755 : 0o644 });
  }
  run('add', '--all');
  run('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-q', '-m', 'change');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-render-'));
  work = join(folder, 'repository');
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', work]);
  server = await testRedis({ role: 'cache' });
  redis = new Redis(server.url);
  stage.redis = server.url;
  await stage.open();
});
afterAll(async () => {
  await stage.close();
  redis.disconnect();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

it('renders each device from its own directory of a real repository, the same after the branch moved and the cache was emptied', async () => {
  commit({
    'sites/lyon/etc/site.conf': 'lyon\n',
    'sites/lyon/usr/bin/check': '#!/bin/sh\n',
    'sites/nice/etc/site.conf': 'nice\n',
  });
  const source = createSources({ cacheFolder: join(folder, 'cache'), allowFile: [folder] });
  const { scene, harness, make, fleet, version } = await stage.renew(source);
  await cacheReady({ cache: scene.cache, redis, waitFor });
  const comes = async (site: string) => {
    const device = newUid();
    await harness.handle(
      make.deviceIs(device, { labels: { site } }),
      make.matched(fleet, device),
      make.selected(fleet, version, device),
    );
    const events = await stage.worked();
    return { member: membersOf(events)[0], failure: failuresOf(events)[0] };
  };
  const filesOf = async (digest: string) => {
    const document = (await scene.blobs.get(org, digest))!;
    return (JSON.parse(document.toString()) as JsonObject)['config'];
  };
  await harness.handle(
    make.repositoryIs(newUid(), 'config', { url: `file://${work}` }),
    make.versionIs(version, fleet, gitAt('sites/{{ .metadata.labels.site | lower }}')),
  );
  const file = (path: string, content: string, mode = 0o644) => {
    return { path, content, contentEncoding: 'plain', mode };
  };
  const lyon = (await comes('Lyon')).member!;
  expect(await filesOf(lyon.digest)).toEqual([
    {
      name: 'motd',
      inline: [file('/etc/site.conf', 'lyon\n'), file('/usr/bin/check', '#!/bin/sh\n', 0o755)],
    },
  ]);
  commit({ 'sites/lyon/etc/site.conf': 'moved\n', 'sites/nice/etc/site.conf': 'moved\n' });
  const keys = await redis.keys(`v1/${org}/${fleet}/*`);
  expect(keys).toContain(`v1/${org}/${fleet}/${version}/git-hash/config/main`);
  await redis.del(...keys);
  expect((await comes('lyon')).member?.digest).toBe(lyon.digest);
  // At its first use.
  const nice = (await comes('nice')).member!;
  expect(await filesOf(nice.digest)).toMatchObject([{ inline: [{ content: 'moved\n' }] }]);
  expect((await comes('nowhere')).failure?.message).toMatch(
    /^motd: Repository "config": .*nowhere/,
  );
  expect((await comes('..')).failure?.message).toBe('motd: path "sites/.." holds ".."');
});
