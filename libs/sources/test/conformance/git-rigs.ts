import { join } from 'node:path';
import type { SourceSettings } from '../../src/settings.js';
import type { Credentials } from '../../src/source.js';
import { createSources } from '../../src/sources.js';
import { startGitHttpServer } from '../git-http-server.js';
import { TestRepository, temporaryFolder } from '../git-repository.js';
import { gitRequest } from '../git-scene.js';
import { GitSshServer, keyPair } from '../git-ssh-server.js';
import type { Rig } from './rig.js';
import { RIGHT, WRONG } from './rig.js';

/** Makes a certificate for 127.0.0.1 in a folder; PEM. */
type Certify = (folder: string, name: string) => { cert: string; key: string };

interface Transport {
  url(repository: string): string;
  right?: Credentials;
  /** Of a repository that may not be read. */
  forbidden: { url: string; credentials?: Credentials };
  settings?: Partial<SourceSettings>;
}

/** A git repository in a folder; how it is reached comes from the transport. */
function onDisk() {
  const { path: folder, remove } = temporaryFolder();
  const root = join(folder, 'repositories');
  const repository = new TestRepository(join(root, 'config'));
  let caches = 0;
  const rigFor = ({ url, right, forbidden, settings }: Transport) => ({
    path: 'motd',
    forbiddenCode: 'denied' as const,
    sources: (limits?: SourceSettings['limits']) =>
      createSources({
        cacheFolder: join(folder, `cache-${(caches += 1)}`),
        allowedNetworks: ['127.0.0.0/8'],
        limits,
        ...settings,
      }),
    request: () => gitRequest(url('config'), { access: { credentials: right } }),
    put: (content: string) => {
      repository.write('etc/motd', content);
      return repository.commit();
    },
    missing: () =>
      gitRequest(url('config'), { path: 'etc/nothing', access: { credentials: right } }),
    forbidden: () => gitRequest(forbidden.url, { access: { credentials: forbidden.credentials } }),
  });
  return { folder, root, remove, rigFor };
}

export async function gitFile(): Promise<Rig> {
  const { root, remove, rigFor } = onDisk();
  const rig = rigFor({
    url: (repository) => `file://${root}/${repository}`,
    forbidden: { url: 'file:///etc' },
    settings: { allowFile: [root] },
  });
  return { ...rig, forbiddenCode: 'refused', close: async () => remove() };
}

export async function gitHttps(certificate: Certify): Promise<Rig> {
  const { folder, root, remove, rigFor } = onDisk();
  const tls = certificate(folder, 'git');
  const server = await startGitHttpServer(root, tls);
  server.authorization = `Basic ${Buffer.from(`git:${RIGHT}`).toString('base64')}`;
  const login = (password: string) => ({ username: 'git', password, 'ca.crt': tls.cert });
  const url = (repository: string) => `${server.url}/${repository}`;
  return {
    ...rigFor({
      url,
      right: login(RIGHT),
      forbidden: { url: url('config'), credentials: login(WRONG) },
    }),
    hold: (gate) => {
      server.gate = gate;
    },
    served: () => server.requests.length,
    close: async () => {
      await server.close();
      remove();
    },
  };
}

export async function gitSsh(): Promise<Rig> {
  const { root, remove, rigFor } = onDisk();
  const server = new GitSshServer(root);
  await server.start();
  const [right, wrong] = [keyPair(RIGHT), keyPair(WRONG)];
  server.accepted.add(right.public);
  const login = (key: { private: string }, privateKeyPassphrase: string) => ({
    sshPrivateKey: key.private,
    privateKeyPassphrase,
  });
  const url = (repository: string) => server.url(repository);
  return {
    ...rigFor({
      url,
      right: login(right, RIGHT),
      forbidden: { url: url('config'), credentials: login(wrong, WRONG) },
      settings: { sshKnownHosts: () => server.knownHost() },
    }),
    hold: (gate) => {
      server.gate = gate;
    },
    served: () => server.commands.length,
    close: async () => {
      await server.close();
      remove();
    },
  };
}
