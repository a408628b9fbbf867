import { describe, expect, it } from '@jest/globals';
import { credentialsIn, MASK, maskedSpec, withoutCredentials } from './repository-secrets.js';

const http = {
  type: 'http' as const,
  url: 'https://example.com',
  httpConfig: {
    username: 'u',
    password: 'p',
    token: 't',
    'tls.crt': 'c',
    'tls.key': 'k',
    'ca.crt': 'ca',
    skipServerVerification: true,
  },
};
const ssh = {
  type: 'git' as const,
  url: 'ssh://example.com',
  sshConfig: { sshPrivateKey: 'k', privateKeyPassphrase: 'p' },
};

describe('the secrets of a repository', () => {
  it('are taken out, masked and sealed by the same names', () => {
    expect(credentialsIn(http)).toEqual({
      username: 'u',
      password: 'p',
      token: 't',
      'tls.crt': 'c',
      'tls.key': 'k',
    });
    expect(withoutCredentials(http).httpConfig).toEqual({
      'ca.crt': 'ca',
      skipServerVerification: true,
    });
    expect(maskedSpec(http).httpConfig).toEqual({
      ...http.httpConfig,
      password: MASK,
      token: MASK,
      'tls.crt': MASK,
      'tls.key': MASK,
    });
    expect(credentialsIn(ssh)).toEqual(ssh.sshConfig);
    expect(withoutCredentials(ssh)).toEqual({ type: 'git', url: ssh.url });
    expect(maskedSpec(ssh).sshConfig).toEqual({ sshPrivateKey: MASK, privateKeyPassphrase: MASK });
  });

  it('leave a spec without any as it is', () => {
    const spec = { type: 'git' as const, url: 'https://example.com' };
    expect([withoutCredentials(spec), maskedSpec(spec), credentialsIn(spec)]).toEqual([
      spec,
      spec,
      {},
    ]);
  });
});
