import type { Probed } from './probed.js';

/** What a repository needs to be opened; the words of the credentials are those of Flight Control's `httpConfig`. */
export interface RepositoryAccess {
  org: string;
  uid: string;
  /** For people: it stands in front of every error message. */
  name: string;
  type: 'git' | 'http';
  url: string;
  credentials?: Credentials;
  /** Accept any server certificate. Only for this repository's own host. */
  skipServerVerification?: boolean;
}

/** Never logged, never part of an error. Certificates and keys are PEM, or base64 of PEM. */
export interface Credentials {
  username?: string;
  password?: string;
  /** Sent as `Authorization: Bearer`; wins over user name and password. */
  token?: string;
  'tls.crt'?: string;
  'tls.key'?: string;
  'ca.crt'?: string;
}

export interface GitRequest {
  type: 'git';
  repository: RepositoryAccess;
  /** A branch (which wins over a tag of the same name), a tag, a full ref or a full commit. Empty: the server's HEAD. */
  targetRevision: string;
  /** A file or a directory; `/` at either end is ignored; empty: the whole tree. */
  path: string;
}

export interface HttpRequest {
  type: 'http';
  repository: RepositoryAccess;
  /** Appended to the repository's URL. */
  suffix?: string;
}

export type SourceRequest = GitRequest | HttpRequest;

export interface FetchedFile {
  /** Relative, posix. For a single file its base name; for HTTP always `body`. */
  path: string;
  /** 0o644 or 0o755. */
  mode: number;
  content: Buffer;
}

/** Shared by all that asked for the same thing at the same time: read it, do not change it. */
export interface Fetched {
  /** The git commit, or for HTTP `sha256:<hex>` of the body. */
  revision: string;
  files: FetchedFile[];
}

/** External content behind one port. Rejects with a `SourceError`, or with the signal's reason. */
export interface Source {
  fetch(request: SourceRequest, signal?: AbortSignal): Promise<Fetched>;
  /**
   * Which revision a fetch would find now, as cheaply as it can be known. A git path is not looked at.
   * @param known what the last probe of the request saw
   */
  probe(request: SourceRequest, known?: Probed, signal?: AbortSignal): Promise<Probed>;
}
