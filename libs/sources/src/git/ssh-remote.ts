import type { Address, OutboundGuard } from '../outbound-guard.js';
import { SourceError } from '../source-error.js';
import type { RepositoryAccess } from '../source.js';
import type { GitRemote } from './git-remote.js';
import { quoted, writeSshFiles } from './ssh-files.js';
import type { SshFiles } from './ssh-files.js';
import { parseSshUrl } from './ssh-url.js';
import type { SshPlace } from './ssh-url.js';

export interface SshContext {
  guard: OutboundGuard;
  temporaryFolder: string;
  /** Lines as in OpenSSH's `known_hosts`. */
  knownHosts?: () => string;
}

/** git over the system's OpenSSH client, which reads no configuration but the one that is written here. */
export async function openSsh(access: RepositoryAccess, context: SshContext): Promise<GitRemote> {
  const place = parseSshUrl(access.url);
  const knownHosts = access.skipServerVerification ? undefined : knownHostsOf(context);
  const addresses = await context.guard.addressesOf(webUrl(place));
  const { credentials } = access;
  const files = await writeSshFiles(context.temporaryFolder, {
    credentials,
    knownHosts,
    configure: (written) =>
      configuration(place, addresses, { ...written, asks: !!credentials?.privateKeyPassphrase }),
  });
  return {
    url: `ssh://${place.user}@${inUrl(place.host)}:${place.port}${place.path}`,
    protocol: 'ssh',
    config: [],
    environment: environmentOf(files),
    [Symbol.asyncDispose]: files.remove,
  };
}

function knownHostsOf({ knownHosts }: SshContext): string {
  const lines = knownHosts?.().trim();
  if (lines) return lines;
  throw new SourceError(
    'refused',
    'this installation knows no SSH host keys: set SKEIN_SOURCE_SSH_KNOWN_HOSTS, or skipServerVerification in sshConfig',
  );
}

function environmentOf({ config, askPassphrase }: SshFiles): Record<string, string> {
  return {
    // Git has a shell read this; nothing that a user wrote is in it.
    GIT_SSH_COMMAND: `ssh -F ${quoted(config)}`,
    GIT_SSH_VARIANT: 'ssh',
    ...(askPassphrase && {
      SSH_ASKPASS: askPassphrase,
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: ':',
    }),
  };
}

type Written = Pick<SshFiles, 'key' | 'knownHosts'> & { asks: boolean };

/** Connects to the checked address, but compares the key that is known for the name. */
function configuration(
  { host, port }: SshPlace,
  addresses: readonly Address[],
  { key, knownHosts, asks }: Written,
): string {
  // ssh takes one address only.
  const { address } = addresses.find(({ family }) => family === 4) ?? addresses[0]!;
  const options = {
    HostName: address,
    HostKeyAlias: port === 22 ? host : `[${host}]:${port}`,
    StrictHostKeyChecking: knownHosts ? 'yes' : 'no',
    UserKnownHostsFile: knownHosts ? file(knownHosts) : '/dev/null',
    IdentityFile: key ? file(key) : 'none',
    // It forbids all questions, also that for the passphrase.
    BatchMode: asks ? 'no' : 'yes',
    ...FIXED,
  };
  return `Host *\n${Object.entries(options)
    .map(([name, value]) => `  ${name} ${value}\n`)
    .join('')}`;
}

const FIXED = {
  GlobalKnownHostsFile: '/dev/null',
  UpdateHostKeys: 'no',
  CheckHostIP: 'no',
  VerifyHostKeyDNS: 'no',
  CanonicalizeHostname: 'no',
  IdentitiesOnly: 'yes',
  IdentityAgent: 'none',
  AddKeysToAgent: 'no',
  PreferredAuthentications: 'publickey',
  PasswordAuthentication: 'no',
  KbdInteractiveAuthentication: 'no',
  NumberOfPasswordPrompts: '1',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  ClearAllForwardings: 'yes',
  Tunnel: 'no',
  PermitLocalCommand: 'no',
  ProxyCommand: 'none',
  ControlMaster: 'no',
  ControlPath: 'none',
  RequestTTY: 'no',
  ConnectTimeout: '30',
  ServerAliveInterval: '15',
  ServerAliveCountMax: '2',
  LogLevel: 'ERROR',
};

/** `%` begins a token of ssh's own. */
function file(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

function webUrl({ host, port }: SshPlace): URL {
  return new URL(`http://${inUrl(host)}:${port}`);
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
