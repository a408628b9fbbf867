import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { GitSshServer, keyPair } from '../test/git-ssh-server.js';
import { gitRequest, startScene } from '../test/git-scene.js';
import type { GitScene } from '../test/git-scene.js';
import type { SourceSettings } from './settings.js';
import type { Credentials, Fetched, RepositoryAccess } from './source.js';

const found = (name: string) =>
  ['/usr/local/bin', '/usr/bin', '/bin'].map((folder) => join(folder, name)).find(existsSync);
const text = ({ files }: Fetched) => files.map(({ path, content }) => [path, content.toString()]);
const PASSPHRASE = 'c0rrect-horse $(touch /tmp/x)';

(found('ssh') ? describe : describe.skip)("git over ssh (needs OpenSSH's client, ssh)", () => {
  const key = keyPair();
  const locked = keyPair(PASSPHRASE);
  let scene: GitScene;
  let server: GitSshServer;

  beforeAll(async () => {
    scene = await startScene();
    server = new GitSshServer(join(scene.folder, 'repositories'));
    await server.start();
    server.accepted.add(key.public).add(locked.public);
  });
  afterAll(async () => {
    await server.close();
    await scene.close();
  });

  let caches = 0;
  const fetch = (
    access: Partial<RepositoryAccess> & { credentials?: Credentials },
    settings: Partial<SourceSettings> = {},
  ) => {
    const sources = scene.sources({
      cacheFolder: join(scene.folder, `cache-ssh-${(caches += 1)}`),
      sshKnownHosts: () => server.knownHost(),
      ...settings,
    });
    return sources.fetch(gitRequest(server.url('config'), { access }));
  };
  const withKey = { credentials: { sshPrivateKey: key.private } };

  it('gives a file at a branch, with the key itself or base64 of it', async () => {
    const fetched = await fetch(withKey);
    expect([fetched.revision, text(fetched)]).toEqual([scene.second, [['motd', 'two\n']]]);
    expect(server.commands.at(-1)).toBe("git git-upload-pack '/config'");
    const sshPrivateKey = Buffer.from(key.private).toString('base64');
    expect(text(await fetch({ credentials: { sshPrivateKey } }))).toEqual([['motd', 'two\n']]);
  });

  it('opens a key with its passphrase, which stands in no argument and no file that stays', async () => {
    const log = join(scene.folder, 'ssh-arguments');
    const bin = join(scene.folder, 'spies');
    mkdirSync(bin);
    for (const name of ['git', 'ssh', 'cat', 'sh']) {
      const spy = `#!/bin/sh\necho "$0 $@" >> ${log}\nexec ${found(name)} "$@"\n`;
      writeFileSync(join(bin, name), spy, { mode: 0o755 });
    }
    const cacheFolder = join(scene.folder, 'cache-passphrase');
    const credentials = { sshPrivateKey: locked.private, privateKeyPassphrase: PASSPHRASE };
    const settings = { cacheFolder, searchPath: `${bin}:/usr/local/bin:/usr/bin:/bin` };
    expect(text(await fetch({ credentials }, settings))).toEqual([['motd', 'two\n']]);
    const seen = readFileSync(log, 'utf8');
    expect(seen).toContain(`${bin}/ssh -F`);
    expect(seen).toContain(`${bin}/cat`);
    expect(seen).not.toContain('horse');
    expect(readdirSync(cacheFolder).sort()).toEqual(['home', 'mirrors']);
    expect(existsSync('/tmp/x')).toBe(false);
  });

  it.each([
    ['no key', {}, 'denied', /does not accept the SSH key/],
    ['another key', { sshPrivateKey: keyPair().private }, 'denied', /does not accept the SSH key/],
    ['a locked key', { sshPrivateKey: locked.private }, 'denied', /passphrase is missing/],
    [
      'a wrong passphrase',
      { sshPrivateKey: locked.private, privateKeyPassphrase: 'wr0ng-horse' },
      'denied',
      /passphrase is missing or wrong/,
    ],
    ['no key at all', { sshPrivateKey: 'AAAA' }, 'invalid', /neither a private key/],
    [
      'a broken key',
      { sshPrivateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END' },
      'invalid',
      /key cannot be read/,
    ],
  ])('says what is wrong: %s', async (_what, credentials, code, message) => {
    const error: unknown = await fetch({ credentials }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    });
    expect(String(error)).not.toMatch(/horse|AAAA/);
  });

  it('talks to servers with a known host key only, unless that is skipped on purpose', async () => {
    const before = server.commands.length;
    await expect(fetch(withKey, { sshKnownHosts: undefined })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('SKEIN_SOURCE_SSH_KNOWN_HOSTS'),
    });
    const other = `[127.0.0.1]:${server.port} ${keyPair().public}`;
    // The right key, but for another port: it is another server.
    const elsewhere = server.knownHost().replace(/^\S+/, '127.0.0.1');
    for (const lines of [other, elsewhere, 'example.com ssh-ed25519 AAAA'])
      await expect(fetch(withKey, { sshKnownHosts: () => lines })).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining("server's host key"),
      });
    expect(server.commands).toHaveLength(before);
    const skipped = { ...withKey, skipServerVerification: true };
    expect(text(await fetch(skipped, { sshKnownHosts: undefined }))).toEqual([['motd', 'two\n']]);
  });

  it('connects to the checked address, and compares the key that is known for the name', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let lookUps = 0;
    const resolve = async () => [{ address: answers[lookUps++] ?? '', family: 4 }];
    const url = server.url('config', 'git.invalid');
    const known = { resolve, sshKnownHosts: () => server.knownHost('git.invalid') };
    expect(text(await fetch({ ...withKey, url }, known))).toEqual([['motd', 'two\n']]);
    expect(lookUps).toBe(1);
    await expect(fetch({ ...withKey, url }, known)).rejects.toMatchObject({ code: 'refused' });
    lookUps = 0;
    const byAddress = { resolve, sshKnownHosts: () => server.knownHost() };
    await expect(fetch({ ...withKey, url }, byAddress)).rejects.toMatchObject({
      code: 'unreachable',
    });
    await expect(fetch(withKey, { allowedNetworks: [] })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('says that a repository is not there, or nobody answers', async () => {
    await expect(fetch({ ...withKey, url: server.url('nothing') })).rejects.toMatchObject({
      code: 'not-found',
    });
    const url = 'ssh://git@127.0.0.1:1/config';
    const known = { sshKnownHosts: () => server.knownHost() };
    await expect(fetch({ ...withKey, url }, known)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('does not answer'),
    });
  });

  it('says what is missing on a machine without ssh', async () => {
    const bin = join(scene.folder, 'no-ssh');
    mkdirSync(bin);
    for (const name of ['git', 'sh']) symlinkSync(found(name)!, join(bin, name));
    await expect(fetch(withKey, { searchPath: bin })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining("install OpenSSH's client"),
    });
  });

  it('removes what a killed process left of keys', async () => {
    const cacheFolder = join(scene.folder, 'cache-ssh-killed');
    for (const left of ['ssh-left', 'tls-left'])
      mkdirSync(join(cacheFolder, left), { recursive: true });
    await fetch(withKey, { cacheFolder });
    expect(readdirSync(cacheFolder).sort()).toEqual(['home', 'mirrors']);
  });

  it('ends with the time, and leaves no process and no key behind', async () => {
    const gate = Promise.withResolvers<void>();
    server.gate = gate.promise;
    const cacheFolder = join(scene.folder, 'cache-ssh-late');
    const late = fetch(withKey, { cacheFolder, limits: { gitTime: 1_500 } });
    await expect(late).rejects.toMatchObject({ code: 'timed-out' });
    gate.resolve();
    server.gate = Promise.resolve();
    const left = () => readdirSync(cacheFolder).filter((name) => name.startsWith('ssh-'));
    expect(await waitFor(() => left().length === 0, { message: 'no keys' })).toBe(true);
  });
});
