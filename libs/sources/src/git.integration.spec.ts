import { chmodSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gitRequest, startScene } from '../test/git-scene.js';
import type { GitScene } from '../test/git-scene.js';
import { TestRepository } from '../test/git-repository.js';
import type { Fetched } from './source.js';

let scene: GitScene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

const text = ({ files }: Fetched) => files.map(({ path, content }) => [path, content.toString()]);

describe.each([
  ['file', () => scene.fileUrl()],
  ['http', () => scene.httpUrl()],
])('git over %s', (_protocol, url) => {
  it('gives a file by its base name, at branch, tag and commit', async () => {
    const head = await scene.fetch(gitRequest(url()));
    expect([head.revision, text(head)]).toEqual([scene.second, [['motd', 'two\n']]]);
    const tag = await scene.fetch(gitRequest(url(), { targetRevision: 'v1' }));
    expect([tag.revision, text(tag)]).toEqual([scene.first, [['motd', 'one\n']]]);
    const commit = await scene.fetch(
      gitRequest(url(), { targetRevision: scene.first, path: '/etc/motd/' }),
    );
    expect([commit.revision, text(commit)]).toEqual([scene.first, [['motd', 'one\n']]]);
    const branch = await scene.fetch(gitRequest(url(), { targetRevision: 'feature/a' }));
    expect(branch.revision).toBe(scene.second);
    expect((await scene.fetch(gitRequest(url(), { targetRevision: '' }))).revision).toBe(
      scene.second,
    );
  });

  it('gives a directory with paths relative to it, modes and bytes as they are', async () => {
    const { files } = await scene.fetch(gitRequest(url(), { path: '/etc' }));
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      ['bin/run', 0o755],
      ['motd', 0o644],
    ]);
    const all = await scene.fetch(gitRequest(url(), { path: '/' }));
    expect(all.files.map(({ path }) => path)).toEqual(['binary', 'etc/bin/run', 'etc/motd']);
    expect(all.files[0]?.content).toEqual(Buffer.from([0, 255, 10, 0]));
  });

  it.each([
    [{ targetRevision: 'nothing' }, 'no branch, tag or commit nothing'],
    [{ targetRevision: 'b'.repeat(40) }, 'no branch, tag or commit b'],
    [{ path: 'etc/missing' }, 'no etc/missing'],
    [{ path: 'etc/motd/deeper' }, 'no etc/motd/deeper'],
  ])('says what is missing: %j', async (changes, message) => {
    const fetched = scene.fetch(gitRequest(url(), changes));
    await expect(fetched).rejects.toMatchObject({
      name: 'SourceError',
      code: 'not-found',
      message: expect.stringMatching(`^Repository "config": .*${message}`),
    });
  });
});

describe('the mirror', () => {
  it('follows a branch that moves, also backwards, and keeps a commit that the server has lost', async () => {
    const moving = new TestRepository(join(scene.folder, 'repositories/moving'));
    const url = `${scene.server.url}/moving`;
    moving.write('a', 'one');
    const base = moving.commit();
    expect((await scene.fetch(gitRequest(url, { path: 'a' }))).revision).toBe(base);
    moving.write('a', 'two');
    const next = moving.commit();
    expect(text(await scene.fetch(gitRequest(url, { path: 'a' })))).toEqual([['a', 'two']]);
    moving.git('reset', '--quiet', '--hard', base);
    expect(text(await scene.fetch(gitRequest(url, { path: 'a' })))).toEqual([['a', 'one']]);
    expect(text(await scene.fetch(gitRequest(url, { path: 'a', targetRevision: next })))).toEqual([
      ['a', 'two'],
    ]);
  });

  it('asks the server nothing for a commit that is here', async () => {
    await scene.fetch(gitRequest(scene.httpUrl(), { targetRevision: scene.first }));
    scene.server.requests.length = 0;
    await scene.fetch(gitRequest(scene.httpUrl(), { targetRevision: scene.first, path: 'binary' }));
    expect(scene.server.requests).toEqual([]);
  });

  it('fetches everything where the server gives no commit by its name', async () => {
    scene.server.oldProtocol = true;
    const fresh = scene.sources({ cacheFolder: join(scene.folder, 'cache-old') });
    try {
      const fetched = await fresh.fetch(
        gitRequest(scene.httpUrl(), { targetRevision: scene.first }),
      );
      expect(text(fetched)).toEqual([['motd', 'one\n']]);
      const again = await fresh.fetch(gitRequest(scene.httpUrl()));
      expect(again.revision).toBe(scene.second);
    } finally {
      scene.server.oldProtocol = false;
    }
  });

  it('joins fetches of the same thing, and of other paths at the same revision', async () => {
    const fresh = scene.sources({ cacheFolder: join(scene.folder, 'cache-joined') });
    const gate = Promise.withResolvers<void>();
    scene.server.gate = gate.promise;
    scene.server.requests.length = 0;
    const paths = ['etc/motd', 'etc/motd', 'binary', 'etc'];
    const visits = [{}, {}];
    const asked = paths.map((path, index) =>
      fresh.fetch(gitRequest(scene.httpUrl(), { path }), undefined, visits[index % 2]),
    );
    gate.resolve();
    const fetched = await Promise.all(asked);
    expect(new Set(fetched.map(({ revision }) => revision))).toEqual(new Set([scene.second]));
    // One to list the refs, one to fetch.
    expect(scene.server.requests.filter((line) => line.startsWith('GET'))).toHaveLength(2);
  });

  it('is made anew when it is damaged or locked', async () => {
    const cacheFolder = join(scene.folder, 'cache-damaged');
    const fresh = scene.sources({ cacheFolder });
    await fresh.fetch(gitRequest(scene.fileUrl()));
    const [mirror = ''] = readdirSync(join(cacheFolder, 'mirrors'));
    const packs = join(cacheFolder, 'mirrors', mirror, 'objects/pack');
    for (const name of readdirSync(packs)) {
      chmodSync(join(packs, name), 0o600);
      writeFileSync(join(packs, name), 'rubbish');
    }
    expect(text(await fresh.fetch(gitRequest(scene.fileUrl())))).toEqual([['motd', 'two\n']]);
    writeFileSync(join(cacheFolder, 'mirrors', mirror, 'shallow.lock'), '');
    const fetched = await fresh.fetch(gitRequest(scene.fileUrl(), { targetRevision: scene.first }));
    expect(text(fetched)).toEqual([['motd', 'one\n']]);
  });

  it('is not shared by organisations or repositories', async () => {
    const cacheFolder = join(scene.folder, 'cache-apart');
    const fresh = scene.sources({ cacheFolder });
    for (const access of [{}, { org: 'b' }, { uid: 'c' }])
      await fresh.fetch(gitRequest(scene.fileUrl(), { access }));
    expect(readdirSync(join(cacheFolder, 'mirrors'))).toHaveLength(3);
  });
});

describe('limits', () => {
  it.each([
    ['files', { files: 1 }, 'etc', 'holds 2 files'],
    ['bytes', { bytes: 3 }, 'etc/motd', 'holds 4 bytes'],
    ['the mirror', { mirrorBytes: 10 }, 'etc/motd', 'larger than 10 bytes'],
  ])('of %s', async (what, limits, path, message) => {
    const fresh = scene.sources({ cacheFolder: join(scene.folder, `cache-${what}`), limits });
    const fetched = fresh.fetch(gitRequest(scene.fileUrl(), { path }));
    await expect(fetched).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining(message),
    });
  });

  it('of time: a server that does not answer', async () => {
    const gate = Promise.withResolvers<void>();
    scene.server.gate = gate.promise;
    const fresh = scene.sources({
      cacheFolder: join(scene.folder, 'cache-late'),
      limits: { gitTime: 300 },
    });
    await expect(fresh.fetch(gitRequest(scene.httpUrl()))).rejects.toMatchObject({
      code: 'timed-out',
      retryable: true,
    });
    gate.resolve();
    scene.server.gate = Promise.resolve();
  });

  it("of the asker: its own signal's reason comes back", async () => {
    const gone = new Error('gone');
    await expect(scene.fetch(gitRequest(scene.httpUrl()), AbortSignal.abort(gone))).rejects.toBe(
      gone,
    );
  });
});

describe('credentials', () => {
  const secret = 'c0rrect-horse';
  const credentials = { username: 'user', password: secret };

  beforeAll(() => {
    scene.server.authorization = `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`;
  });
  afterAll(() => {
    scene.server.authorization = undefined;
  });

  it('open the repository, and stand in no argument of git', async () => {
    const log = join(scene.folder, 'arguments');
    const spy = join(scene.folder, 'git-spy');
    writeFileSync(spy, `#!/bin/sh\necho "$@" >> ${log}\nexec git "$@"\n`, { mode: 0o755 });
    const fresh = scene.sources({
      cacheFolder: join(scene.folder, 'cache-secret'),
      gitCommand: spy,
    });
    const fetched = await fresh.fetch(gitRequest(scene.httpUrl(), { access: { credentials } }));
    expect(text(fetched)).toEqual([['motd', 'two\n']]);
    const seen = readFileSync(log, 'utf8');
    expect(seen).toContain('fetch');
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(scene.server.authorization);
  });

  it.each([undefined, { username: 'user', password: 'wr0ng-horse' }, { token: 'wr0ng-horse' }])(
    'that are missing or wrong are denied, without telling them',
    async (wrong) => {
      const fresh = scene.sources({ cacheFolder: join(scene.folder, 'cache-denied') });
      const error = await fresh
        .fetch(gitRequest(scene.httpUrl(), { access: { credentials: wrong } }))
        .catch(String);
      expect(error).toMatch(/Repository "config": the server wants \(other\) credentials/);
      expect(error).not.toContain('wr0ng');
    },
  );
});
