import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestRepository } from '../test/git-repository.js';
import { gitRequest, startScene, type GitScene } from '../test/git-scene.js';
import type { SourceSettings } from './settings.js';
import type { Fetched, Source } from './source.js';

const LARGE = 2_000_000;
let scene: GitScene;
let repository: TestRepository;
let url: string;
let cacheFolder: string;
let sources: Source;
let count = 0;

beforeAll(async () => {
  scene = await startScene();
  repository = new TestRepository(join(scene.folder, 'repositories/monorepo'));
  repository.git('config', 'uploadpack.allowFilter', 'true');
  repository.write('site/motd', 'welcome\n');
  repository.write('site/other', 'other\n');
  repository.write('videos/tour', randomBytes(LARGE));
  repository.commit();
  url = `${scene.server.url}/monorepo`;
});
beforeEach(() => open());
afterAll(() => scene.close());

function open(changes: Partial<SourceSettings> = {}): void {
  cacheFolder = join(scene.folder, `cache-partial-${(count += 1)}`);
  sources = scene.sources({ cacheFolder, ...changes });
  scene.server.requests.length = 0;
}

const fetch = (path: string, targetRevision = 'main') =>
  sources.fetch(gitRequest(url, { path, targetRevision }));
const text = ({ files }: Fetched) => files.map(({ path, content }) => [path, String(content)]);
const mirrorBytes = () =>
  readdirSync(cacheFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

describe('of a repository whose server can do that', () => {
  it('only files that are asked for are fetched, once', async () => {
    expect(text(await fetch('site/motd'))).toEqual([['motd', 'welcome\n']]);
    expect(mirrorBytes()).toBeLessThan(LARGE / 10);
    scene.server.requests.length = 0;
    expect(text(await fetch('site'))).toEqual([
      ['motd', 'welcome\n'],
      ['other', 'other\n'],
    ]);
    expect(mirrorBytes()).toBeLessThan(LARGE / 10);
    const [{ content } = { content: '' }] = (await fetch('videos')).files;
    expect(content).toHaveLength(LARGE);
    scene.server.requests.length = 0;
    await fetch('site', repository.git('rev-parse', 'HEAD').trim());
    expect(scene.server.requests).toEqual([]);
  });

  it('a path that is too large is refused', async () => {
    open({ limits: { bytes: LARGE - 1 } });
    await expect(fetch('videos')).rejects.toMatchObject({ code: 'too-large' });
    await expect(fetch('')).rejects.toMatchObject({ code: 'too-large' });
    expect(text(await fetch('site/motd'))).toEqual([['motd', 'welcome\n']]);
  });

  it('so does a repository in a folder', async () => {
    url = `file://${repository.folder}`;
    expect(text(await fetch('site/motd'))).toEqual([['motd', 'welcome\n']]);
    expect(mirrorBytes()).toBeLessThan(LARGE / 10);
    url = `${scene.server.url}/monorepo`;
  });

  it('what is not there is said', async () => {
    await expect(fetch('nowhere')).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('all files come from a server that leaves files out, and gives none by itself', async () => {
  scene.server.oldProtocol = true;
  try {
    expect(text(await fetch('site/motd'))).toEqual([['motd', 'welcome\n']]);
    expect(mirrorBytes()).toBeGreaterThan(LARGE);
    scene.server.requests.length = 0;
    const [file] = (await fetch('videos')).files;
    expect(file!.content).toHaveLength(LARGE);
    expect(scene.server.requests.filter((line) => line.startsWith('POST'))).toEqual([]);
  } finally {
    scene.server.oldProtocol = false;
  }
});
