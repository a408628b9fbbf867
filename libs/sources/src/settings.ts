import type { KubernetesSettings } from './kubernetes/kubernetes-settings.js';
import type { Resolve } from './outbound-guard.js';

export interface SourceLimits {
  /** Files in one fetched path. */
  files: number;
  /** Bytes of all files of one fetched path, or of one HTTP body. */
  bytes: number;
  /** Milliseconds for one git fetch, waiting included. */
  gitTime: number;
  /** Milliseconds for one HTTP fetch, redirects included, or for one secret. */
  httpTime: number;
  redirects: number;
  /** Pieces of work that may fetch from one repository side by side. */
  perRepository: number;
  /** Bytes that one repository's mirror may take on disk. */
  mirrorBytes: number;
}

export interface SourceSettings {
  /** Holds the git mirrors; disposable. One process owns it: two must not share one folder. */
  cacheFolder: string;
  /** Folders under which `file://` repositories may stand. None: `file://` is refused. */
  allowFile?: string[];
  /** CIDRs that may be reached although they are not public, e.g. `10.20.0.0/16`. */
  allowedNetworks?: string[];
  limits?: Partial<SourceLimits>;
  /** Host keys of SSH servers, lines as in OpenSSH's `known_hosts`; asked for at each fetch. */
  sshKnownHosts?: () => string;
  /** Where secrets are read from. None: they are refused. */
  kubernetes?: KubernetesSettings;
  /** The git program. */
  gitCommand?: string;
  /** The PATH that git gets; the rest of the process's environment is kept from it. */
  searchPath?: string;
  /** Host name → addresses; the system's resolver unless given. */
  resolve?: Resolve;
}

export const DEFAULT_LIMITS: SourceLimits = {
  files: 1_000,
  bytes: 10 * 1024 * 1024,
  gitTime: 60_000,
  httpTime: 30_000,
  redirects: 5,
  perRepository: 2,
  mirrorBytes: 512 * 1024 * 1024,
};
