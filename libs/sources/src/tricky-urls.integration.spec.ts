import { afterAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../test/git-repository.js';
import { gitRequest } from '../test/git-scene.js';
import { TRICKY_URLS, trickyResolve } from '../test/tricky-urls.js';
import { OutboundGuard } from './outbound-guard.js';
import { createSources } from './sources.js';

const folder = temporaryFolder();
const sources = createSources({
  cacheFolder: folder.path,
  resolve: trickyResolve,
  limits: { gitTime: 5_000, httpTime: 5_000 },
  sshKnownHosts: () => 'example.com ssh-ed25519 AAAA',
});
afterAll(() => folder.remove());

const repository = (type: 'git' | 'http', url: string) => ({
  org: 'org',
  uid: 'uid',
  name: 'tricky',
  type,
  url,
});
const overHttp = (url: string) =>
  sources.fetch({ type: 'http', repository: repository('http', url) });
const overGit = (url: string) => sources.fetch(gitRequest(url));
const refused = {
  name: 'SourceError',
  code: expect.stringMatching(/^(?:refused|invalid)$/),
  retryable: false,
};

describe.each(Object.entries(TRICKY_URLS))('%s', (_what, urls) => {
  it.each(urls)('%j is refused over HTTP, git and ssh', async (url) => {
    await expect(overHttp(url)).rejects.toMatchObject(refused);
    await expect(overGit(url)).rejects.toMatchObject(refused);
    const ssh = url.replace(/^http:\/\//, 'ssh://').replace(/\/?$/, '/x');
    await expect(overGit(ssh)).rejects.toMatchObject(refused);
  });
});

describe('the table', () => {
  it('is long, and its ordinary neighbours are no part of it', async () => {
    expect(Object.values(TRICKY_URLS).flat().length).toBeGreaterThanOrEqual(60);
    const guard = new OutboundGuard([], trickyResolve);
    for (const url of [
      'http://8.8.8.8/',
      'http://134744072/',
      'http://172.32.0.1/',
      'http://100.128.0.1/',
      'http://168.63.129.17/',
      'http://[2606:4700::1111]/',
      'http://example.com/',
    ])
      expect(await guard.addressesOf(new URL(url))).toHaveLength(1);
  });
});
