import type { Probed } from './probed.js';
import type { SourceError } from './source-error.js';

/** What a repository needs to be opened; the words of the credentials are those of Flight Control's specs. */
export interface RepositoryAccess {
  org: string;
  uid: string;
  /** For people: it stands in front of every error message. */
  name: string;
  type: 'git' | 'http';
  url: string;
  credentials?: Credentials;
  /** Accept any server certificate or SSH host key. Only for this repository's own host. */
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
  /** The key itself (PEM or OpenSSH's form), or base64 of it. */
  sshPrivateKey?: string;
  privateKeyPassphrase?: string;
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

/** A Kubernetes secret of the cluster that the installation's settings name. */
export interface SecretRequest {
  type: 'secret';
  /** Uid of the organisation that asks: which namespaces it may name is a setting. */
  org: string;
  namespace: string;
  name: string;
}

export type SourceRequest = GitRequest | HttpRequest | SecretRequest;

export interface FetchedFile {
  /** Relative, posix. For a single file its base name; for HTTP always `body`; for a secret its key. */
  path: string;
  /** 0o644 or 0o755. */
  mode: number;
  content: Buffer;
}

/** Shared by all that asked for the same thing at the same time: read it, do not change it. */
export interface Fetched {
  /** The git commit; for HTTP `sha256:<hex>` of the body; for a secret `<uid>/<resourceVersion>`. */
  revision: string;
  files: FetchedFile[];
}

/** Where contents come from. Rejects with a `SourceError`, or with the signal's reason. */
export interface Fetching {
  /**
   * @param visit any object; what is fetched with the same one at the same time is one piece of work, which takes one
   *   of the places of a repository. Without it each fetch is one.
   */
  fetch(request: SourceRequest, signal?: AbortSignal, visit?: object): Promise<Fetched>;
}

/** External content behind one port. */
export interface Source extends Fetching {
  /**
   * Which revision a fetch would find now, as cheaply as it can be known. A git path is not looked at.
   * @param known what the last probe of the request saw
   */
  probe(request: SourceRequest, known?: Probed, signal?: AbortSignal): Promise<Probed>;
}

/** What is known of a watched secret at the moment. */
export interface SeenSecret {
  namespace: string;
  name: string;
  /** As `Fetched` has it; absent: there is no such secret. */
  revision?: string;
}

export interface SecretWatchOptions {
  secrets: readonly Omit<SecretRequest, 'type'>[];
  /** Ends the watch, which nothing else does. */
  signal: AbortSignal;
  /** Told of each secret once at the start and then of every change: compare with what you hold. */
  seen(secret: SeenSecret): void;
  /** Told why a namespace cannot be watched now; it is tried again unless the error is `refused` or `invalid`. */
  troubled(namespace: string, error: SourceError): void;
}

/** Tells of changes of secrets. What changed while it was away is told as soon as it is back. */
export interface SecretWatch {
  watch(options: SecretWatchOptions): Promise<void>;
}
