import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gitRequest, startScene, type GitScene } from '../test/git-scene.js';
import { TestRepository } from '../test/git-repository.js';

let scene: GitScene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

const mirrors = () => {
  try {
    return readdirSync(join(scene.folder, 'cache/mirrors'));
  } catch {
    return [];
  }
};

describe.each([
  ['file', () => scene.fileUrl()],
  ['http', () => scene.httpUrl()],
])('a probe of git over %s', (protocol, url) => {
  const probe = async (targetRevision: string) =>
    (await scene.probe(gitRequest(url(), { targetRevision }))).revision;

  it('says what a branch, HEAD and a commit are, and fetches nothing', async () => {
    expect(await probe('main')).toBe(scene.second);
    expect(await probe('refs/heads/feature/a')).toBe(scene.second);
    expect(await probe('')).toBe(scene.second);
    expect(await probe(scene.first)).toBe(scene.first);
    expect(mirrors()).toEqual([]);
  });

  it('sees a tag that was set anew', async () => {
    const before = await probe('v1');
    expect(await probe('v1')).toBe(before);
    scene.repository.git('tag', '-f', '-a', 'v1', '-m', protocol, scene.second);
    expect(await probe('v1')).not.toBe(before);
  });

  it('does not look at the path', async () => {
    const request = gitRequest(url(), { path: 'missing' });
    expect(await scene.probe(request)).toEqual({ revision: scene.second });
  });

  it('says that a branch is missing', async () => {
    await expect(probe('nothing')).rejects.toMatchObject({
      code: 'not-found',
      message: 'Repository "config": there is no branch or tag nothing',
    });
    await expect(probe('--upload-pack=x')).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('a probe of git', () => {
  it('checks access also when a commit is asked for', async () => {
    scene.server.authorization = 'Basic something';
    const request = gitRequest(scene.httpUrl(), { targetRevision: scene.first });
    await expect(scene.probe(request)).rejects.toMatchObject({ code: 'denied' });
    delete scene.server.authorization;
    expect(await scene.probe(request)).toEqual({ revision: scene.first });
  });

  it('finds an empty repository, and no repository', async () => {
    const empty = new TestRepository(join(scene.folder, 'repositories/empty'));
    const request = gitRequest(`file://${empty.folder}`, { targetRevision: '' });
    expect(await scene.probe(request)).toEqual({ revision: '' });
    const nothing = gitRequest(`${scene.server.url}/none`, { targetRevision: '' });
    await expect(scene.probe(nothing)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('asks once for all who ask at the same time, and waits no turn behind a fetch', async () => {
    let open = () => undefined as void;
    scene.server.gate = new Promise((resolve) => (open = resolve));
    scene.server.requests.length = 0;
    const request = gitRequest(scene.httpUrl());
    // A place for each: who joins without one has a second of patience, and git may take longer.
    const sources = scene.sources({ limits: { perRepository: 3 } });
    const probes = [1, 2, 3].map(() => sources.probe(request));
    open();
    expect(new Set((await Promise.all(probes)).map(({ revision }) => revision)).size).toBe(1);
    const [discoveries] = [scene.server.requests.filter((line) => line.startsWith('GET'))];
    expect(discoveries).toHaveLength(1);
  });

  it('ends at the deadline, and goes where the guard allows only', async () => {
    scene.server.gate = new Promise(() => undefined);
    const slow = scene.sources({ limits: { gitTime: 300 } });
    await expect(slow.probe(gitRequest(scene.httpUrl()))).rejects.toMatchObject({
      code: 'timed-out',
    });
    scene.server.gate = Promise.resolve();
    const guarded = scene.sources({ allowedNetworks: [] });
    await expect(guarded.probe(gitRequest(scene.httpUrl()))).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('reads no configuration of a repository around it', async () => {
    const around = join(scene.folder, 'around');
    execFileSync('git', ['init', '--quiet', around]);
    const config = ['config', 'url.file:///nonexistent/.insteadOf', scene.server.url];
    execFileSync('git', ['-C', around, ...config]);
    const before = process.cwd();
    process.chdir(around);
    try {
      expect(await scene.probe(gitRequest(scene.httpUrl()))).toEqual({ revision: scene.second });
    } finally {
      process.chdir(before);
    }
  });
});
