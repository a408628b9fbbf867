import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { canCertify, certificate, KubernetesServer } from '@skein/testing';
import { gitFile, gitHttps, gitSsh } from '../test/conformance/git-rigs.js';
import { http } from '../test/conformance/http-rig.js';
import { RIGHT, type Rig } from '../test/conformance/rig.js';
import { sourceConformance } from '../test/conformance/suite.js';
import { temporaryFolder } from '../test/git-repository.js';
import type { SecretRequest } from './source.js';
import { createSources } from './sources.js';

/** Specs alone may reach for its server. */
async function kubernetesSecret(): Promise<Rig> {
  const { path: folder, remove } = temporaryFolder();
  const server = new KubernetesServer(folder, RIGHT);
  await server.start();
  server.forbidden.add('shut');
  const { address, token, ca } = server;
  const connection = { mode: 'address' as const, address, token: () => token, ca: () => ca };
  const kubernetes = { connection, allowedNamespaces: ['edge', 'shut'] };
  const request = (namespace: string, name: string): SecretRequest => ({
    type: 'secret',
    org: 'org',
    namespace,
    name,
  });
  return {
    path: 'motd',
    forbiddenCode: 'denied',
    sources: (limits) => createSources({ cacheFolder: folder, kubernetes, limits }),
    request: () => request('edge', 'motd'),
    put: (content) => server.put('edge', 'motd', { motd: content }),
    missing: () => request('edge', 'nothing'),
    forbidden: () => request('shut', 'motd'),
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

const canSsh = ['/usr/local/bin/ssh', '/usr/bin/ssh', '/bin/ssh'].some(existsSync);
const only = (possible: boolean) => (possible ? describe : describe.skip);

describe('git over file', () => sourceConformance(gitFile));
only(canCertify)('git over https (needs openssl)', () =>
  sourceConformance(() => gitHttps(certificate)),
);
only(canSsh)("git over ssh (needs OpenSSH's client, ssh)", () => sourceConformance(gitSsh));
describe('HTTP', () => sourceConformance(http));
only(canCertify)('a Kubernetes secret (needs openssl)', () => sourceConformance(kubernetesSecret));
