import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gitRequest, startScene } from '../test/git-scene.js';
import type { GitScene } from '../test/git-scene.js';

let scene: GitScene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

describe('hostile repositories and URLs', () => {
  it.each([
    ['ext::sh -c "touch /tmp/x"', 'invalid'],
    ['ext::true', 'refused'],
    ['--upload-pack=true', 'invalid'],
    ['-u', 'invalid'],
    ['fd::17', 'refused'],
    ['ssh://-oProxyCommand=true/x', 'refused'],
    ['git@127.0.0.1:x', 'refused'],
    ['git://127.0.0.1/x', 'refused'],
    ['ftp://127.0.0.1/x', 'refused'],
    ['file:///etc', 'refused'],
    ['file://host/etc', 'refused'],
    ['/etc', 'invalid'],
    ['http://user:secret@127.0.0.1/x', 'refused'],
    ['http://127.0.0.1/x?y', 'refused'],
    ['http://169.254.169.254/x', 'refused'],
    ['http://[::ffff:169.254.169.254]/x', 'refused'],
    ['https://0xa9fea9fe/x', 'refused'],
    ['http://127.0.0.1/a\0b', 'invalid'],
  ])('refuses the URL %j', async (url, code) => {
    await expect(scene.fetch(gitRequest(url))).rejects.toMatchObject({
      name: 'SourceError',
      code,
      retryable: false,
    });
  });

  it('refuses file:// unless settings allow it, and outside of the allowed folders', async () => {
    await expect(
      scene.sources({ allowFile: [] }).fetch(gitRequest(scene.fileUrl())),
    ).rejects.toMatchObject({
      code: 'refused',
    });
    const climbing = `file://${scene.folder}/repositories/../cache`;
    await expect(scene.fetch(gitRequest(climbing))).rejects.toMatchObject({ code: 'refused' });
  });

  it.each(['-h', '--upload-pack=true', 'a b', 'main^', '*'])(
    'refuses the revision %j',
    async (targetRevision) => {
      await expect(
        scene.fetch(gitRequest(scene.fileUrl(), { targetRevision })),
      ).rejects.toMatchObject({
        code: 'refused',
      });
    },
  );

  it.each(['../a', 'a\0b', 'a/../../b'])('refuses the path %j', async (path) => {
    await expect(scene.fetch(gitRequest(scene.fileUrl(), { path }))).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('refuses symbolic links, submodules and names that lead out', async () => {
    const blob = scene.repository.blob('/etc/passwd');
    const file = `100644 blob ${blob}`;
    const inner = scene.repository.gitWith(`${file}\tx\0`, 'mktree', '-z');
    scene.repository.commitTree('link', `120000 blob ${blob}\tlink`);
    scene.repository.commitTree('module', `160000 commit ${scene.first}\tmodule`);
    scene.repository.commitTree('parent', `${file}\t..`);
    scene.repository.commitTree('escape', `040000 tree ${inner}\t..`);
    scene.repository.commitTree('dotgit', `040000 tree ${inner}\t.git`);
    const variants = ['.GIT', '.git ', '.git.', 'git~1', '.g\u200cit', '.git::$DATA'];
    for (const [index, name] of variants.entries())
      scene.repository.commitTree(`variant-${index}`, `040000 tree ${inner}\t${name}`);
    scene.repository.commitTree('twins', `${file}\tREADME`, `${file}\treadme`);
    const refused = (targetRevision: string, path: string, message: string) =>
      expect(
        scene.fetch(gitRequest(scene.fileUrl(), { targetRevision, path })),
      ).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining(message),
      });
    await refused('link', '', 'link is a symbolic link');
    await refused('link', 'link', 'link is a symbolic link');
    await refused('link', 'link/passwd', 'link is a symbolic link');
    await refused('module', '', 'module is a submodule');
    await refused('parent', '', '".."');
    await refused('escape', '', '".."');
    await refused('dotgit', '', '".git"');
    for (const [index, name] of variants.entries()) await refused(`variant-${index}`, '', name);
    await refused('twins', '', 'README and readme');
  });

  it('runs no hook, wherever it comes from', async () => {
    const cacheFolder = join(scene.folder, 'cache-hooks');
    const fresh = scene.sources({ cacheFolder });
    await fresh.fetch(gitRequest(scene.fileUrl(), { targetRevision: 'v1' }));
    const [mirror = ''] = readdirSync(join(cacheFolder, 'mirrors'));
    const hooks = join(cacheFolder, 'mirrors', mirror, 'hooks');
    mkdirSync(hooks);
    const ran = join(scene.folder, 'hook-ran');
    // The one that a fetch would run.
    const hook = `#!/bin/sh\ntouch ${ran}\n`;
    writeFileSync(join(hooks, 'reference-transaction'), hook, { mode: 0o755 });
    await fresh.fetch(gitRequest(scene.fileUrl()));
    expect(existsSync(ran)).toBe(false);
  });

  it('takes a path for a name, not for a pattern', async () => {
    await expect(scene.fetch(gitRequest(scene.fileUrl(), { path: '*' }))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(
      scene.fetch(gitRequest(scene.fileUrl(), { path: ':(top)etc' })),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('connects to the checked address only, and looks a name up once', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let lookUps = 0;
    const resolve = async () => [{ address: answers[lookUps++] ?? '', family: 4 }];
    const fresh = scene.sources({ cacheFolder: join(scene.folder, 'cache-rebind'), resolve });
    const { port } = new URL(scene.server.url);
    const url = `http://config.invalid:${port}/config`;
    expect((await fresh.fetch(gitRequest(url))).revision).toBe(scene.second);
    expect(lookUps).toBe(1);
    await expect(fresh.fetch(gitRequest(url))).rejects.toMatchObject({ code: 'refused' });
  });

  it('follows no redirect, and so takes no credentials anywhere', async () => {
    const redirecting = createServer((_request, response) => {
      response.writeHead(302, { location: scene.httpUrl() }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/config`;
    scene.server.requests.length = 0;
    const access = { credentials: { token: 'abc' } };
    try {
      await expect(scene.fetch(gitRequest(url, { access }))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('has moved'),
      });
      expect(scene.server.requests).toEqual([]);
    } finally {
      redirecting.close();
    }
  });

  it('refuses a name that resolves to loopback', async () => {
    const guarded = scene.sources({ allowedNetworks: [] });
    const { port } = new URL(scene.server.url);
    const fetched = guarded.fetch(gitRequest(`http://localhost:${port}/config`));
    await expect(fetched).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('localhost'),
    });
  });
});
