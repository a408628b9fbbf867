/** Credentials and trust for HTTP transport; certificates and keys are base64. */
export interface HttpConfig {
  username?: string;
  password?: string;
  token?: string;
  'tls.crt'?: string;
  'tls.key'?: string;
  'ca.crt'?: string;
  skipServerVerification?: boolean;
}

export interface SshConfig {
  /** Base64. */
  sshPrivateKey?: string;
  privateKeyPassphrase?: string;
  skipServerVerification?: boolean;
}

export interface GitRepositorySpec {
  type: 'git';
  url: string;
  /** At most one of `httpConfig` and `sshConfig`. */
  httpConfig?: HttpConfig;
  sshConfig?: SshConfig;
}

export interface HttpRepositorySpec {
  type: 'http';
  url: string;
  httpConfig?: HttpConfig;
  /** Follows the URL when access is checked, and only then. */
  validationSuffix?: string;
}

export type RepositorySpec = GitRepositorySpec | HttpRepositorySpec;
