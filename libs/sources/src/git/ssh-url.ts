import { SourceError } from '../source-error.js';

/** What an `ssh://` URL says, each part checked: nothing of it can be an option, or mean more to ssh or a shell. */
export interface SshPlace {
  user: string;
  /** As URLs of the web are normalised; without brackets. */
  host: string;
  port: number;
  /** Begins with `/`. */
  path: string;
}

const USER = /^[a-z_][\w.-]{0,63}$/i;
const HOST = /^(?!-)[a-z0-9.-]{1,253}(?<![-.])$/;
/** Git takes the percent sign for itself; quotes, `$` and the like have no place in the path of a repository. */
const PATH = /^\/[\w.~+@:,=/-]+$/;
/** Whose account it is on the usual servers. */
const DEFAULT_USER = 'git';

/** `user@host:path`, which git takes for ssh, but no URL. */
export function isScpLike(text: string): boolean {
  return /^[^\s/:]*@[^\s/:]+:(?!\/\/)/.test(text);
}

export function scpLikeRefusal(): SourceError {
  return new SourceError(
    'refused',
    'the short form user@host:path is not supported; write ssh://user@host/path',
  );
}

/** @throws SourceError `refused` */
export function parseSshUrl(text: string): SshPlace {
  if (/[\s\\\p{Cc}]/u.test(text)) throw bad('it has a space, a backslash or a control character');
  const url = URL.parse(text);
  if (!url?.hostname) throw bad('it cannot be read');
  const user = url.username || DEFAULT_USER;
  const problem = problemOf(url, user);
  if (problem) throw bad(problem);
  return { user, host: hostOf(url), port: Number(url.port || 22), path: url.pathname };
}

function problemOf(url: URL, user: string): string | undefined {
  const { password, search, hash, pathname } = url;
  if (password) return 'it holds a password; only SSH keys are supported';
  if (search || hash) return 'it has a query (?…) or a fragment (#…)';
  if (!USER.test(user)) return 'its user name has characters that are not allowed';
  return PATH.test(pathname) ? undefined : 'its path is missing or has characters not allowed';
}

/** The URL of the web's own reading of the host: `0x7f.1` and full-width digits become the address they mean. */
function hostOf({ hostname }: URL): string {
  const host = URL.parse(`http://${hostname}/`)?.hostname.replace(/\.$/, '') ?? '';
  if (host.startsWith('[')) return host.slice(1, -1);
  if (!HOST.test(host)) throw bad('its host is no host name');
  return host;
}

function bad(reason: string): SourceError {
  return new SourceError('refused', `the ssh:// URL is not accepted: ${reason}`);
}
