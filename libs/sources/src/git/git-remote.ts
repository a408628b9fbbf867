import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { authorization, tlsMaterial } from '../credentials.js';
import type { Address, OutboundGuard } from '../outbound-guard.js';
import { parseRemoteUrl } from '../remote-url.js';
import { SourceError } from '../source-error.js';
import type { RepositoryAccess } from '../source.js';
import type { GitConfig } from './git-environment.js';
import { openSsh } from './ssh-remote.js';
import { isScpLike, scpLikeRefusal } from './ssh-url.js';

/** A checked remote: what git is given of a repository. Disposing removes its key files. */
export interface GitRemote extends AsyncDisposable {
  url: string;
  /** The one protocol that git may use. */
  protocol: string;
  config: GitConfig;
  /** On top of what every git process gets. */
  environment?: Record<string, string>;
}

export interface RemoteContext {
  guard: OutboundGuard;
  allowFile: readonly string[];
  /** For certificate and key files, which git takes as files only. */
  temporaryFolder: string;
  /** Lines as in OpenSSH's `known_hosts`. */
  knownHosts?: () => string;
}

export async function openRemote(
  access: RepositoryAccess,
  context: RemoteContext,
): Promise<GitRemote> {
  if (isScpLike(access.url)) throw scpLikeRefusal();
  if (/^ssh:/i.test(access.url)) return openSsh(access, context);
  const protocols = ['https:', 'http:', 'ssh:', ...(context.allowFile.length > 0 ? ['file:'] : [])];
  const url = parseRemoteUrl(access.url, protocols);
  if (url.search) throw new SourceError('refused', 'the URL of a git repository has no query (?…)');
  return url.protocol === 'file:'
    ? openFile(url, context.allowFile)
    : openHttp(url, access, context);
}

async function openFile(url: URL, roots: readonly string[]): Promise<GitRemote> {
  if (url.host) throw new SourceError('refused', 'a file:// URL with a host is not supported');
  const path = await realpath(pathOf(url)).catch(() => undefined);
  const folders = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  const inside = folders.some((root) => root !== undefined && path?.startsWith(root + sep));
  // One answer for both: a refusal must not tell which files this machine has.
  if (!path || !inside)
    throw new SourceError('refused', 'there is no such repository in the allowed folders');
  return {
    url: pathToFileURL(path).href,
    protocol: 'file',
    config: [],
    [Symbol.asyncDispose]: async () => {},
  };
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new SourceError('invalid', 'the file:// URL is not a path');
  }
}

async function openHttp(
  url: URL,
  access: RepositoryAccess,
  context: RemoteContext,
): Promise<GitRemote> {
  const addresses = await context.guard.addressesOf(url);
  const header = authorization(access.credentials);
  const config = pin(url, addresses);
  if (header) config.push(['http.extraHeader', `Authorization: ${header}`]);
  if (access.skipServerVerification) config.push(['http.sslVerify', 'false']);
  const files = await writeTlsFiles(access, context.temporaryFolder);
  return {
    url: url.href,
    protocol: url.protocol.slice(0, -1),
    config: [...config, ...files.config],
    [Symbol.asyncDispose]: files.remove,
  };
}

/** curl's word for "this host and port are at these addresses": no second look-up. An address needs none. */
function pin(url: URL, addresses: Address[]): [string, string][] {
  if (addresses.some(({ address }) => url.hostname.replace(/^\[|\]$/g, '') === address)) return [];
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const list = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address));
  return [['http.curloptResolve', `${url.hostname}:${port}:${list.join(',')}`]];
}

async function writeTlsFiles(access: RepositoryAccess, temporaryFolder: string) {
  const { cert, key, ca } = tlsMaterial(access.credentials);
  const wanted = [
    ['http.sslCert', cert],
    ['http.sslKey', key],
    ['http.sslCAInfo', ca],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
  if (wanted.length === 0) return { config: [], remove: async () => {} };
  const folder = await mkdtemp(join(temporaryFolder, 'tls-'));
  const config = wanted.map(([name]): [string, string] => [name, join(folder, name)]);
  await Promise.all(
    wanted.map(([name, text]) => writeFile(join(folder, name), text, { mode: 0o600 })),
  );
  return { config, remove: () => rm(folder, { recursive: true, force: true }) };
}
