import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { canCertify, certificate, KubernetesServer } from '@skein/testing';
import { gitFile, gitHttps, gitSsh } from '../test/conformance/git-rigs.js';
import { http, kubernetesSecret } from '../test/conformance/other-rigs.js';
import { sourceConformance } from '../test/conformance/suite.js';

const canSsh = ['/usr/local/bin/ssh', '/usr/bin/ssh', '/bin/ssh'].some(existsSync);
const only = (possible: boolean) => (possible ? describe : describe.skip);

describe('git over file', () => sourceConformance(gitFile));
only(canCertify)('git over https (needs openssl)', () =>
  sourceConformance(() => gitHttps(certificate)),
);
only(canSsh)("git over ssh (needs OpenSSH's client, ssh)", () => sourceConformance(gitSsh));
describe('HTTP', () => sourceConformance(http));
only(canCertify)('a Kubernetes secret (needs openssl)', () =>
  sourceConformance(() => kubernetesSecret((folder, token) => new KubernetesServer(folder, token))),
);
