import type { HttpConfig, RepositorySpec, SshConfig } from '@skein/api';

/** What reads show in the place of a secret; sent back, it means: as it is. */
export const MASK = '*****';

const http = ['password', 'token', 'tls.crt', 'tls.key'] as const;
const ssh = ['sshPrivateKey', 'privateKeyPassphrase'] as const;

/** The names of members that are secret. */
export const secretNames: readonly string[] = [...http, ...ssh];

/** Credentials as they are sealed: flat, by the names of the members that they stand in. */
export type Credentials = Readonly<Record<string, string>>;

type Config = HttpConfig | SshConfig | undefined;

function pick(config: Config, names: readonly string[]): [string, string][] {
  return Object.entries(config ?? {}).filter(([name]) => names.includes(name)) as [
    string,
    string,
  ][];
}

function without(config: Config, names: readonly string[]): Config {
  const kept = Object.entries(config ?? {}).filter(([name]) => !names.includes(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function masked(config: Config): Config {
  const entries = Object.entries(config ?? {});
  return (
    config &&
    Object.fromEntries(
      entries.map(([name, value]) => [name, secretNames.includes(name) ? MASK : value]),
    )
  );
}

function withConfigs(spec: RepositorySpec, change: (config: Config) => Config): RepositorySpec {
  const { httpConfig, sshConfig, ...rest } = spec;
  const [httpChanged, sshChanged] = [change(httpConfig), change(sshConfig)];
  return {
    ...rest,
    ...(httpChanged && { httpConfig: httpChanged }),
    ...(sshChanged && { sshConfig: sshChanged }),
  };
}

/** What is to be sealed: the secrets, and the user name that belongs to them. */
export function credentialsIn({ httpConfig, sshConfig }: RepositorySpec): Credentials {
  return Object.fromEntries([...pick(httpConfig, ['username', ...http]), ...pick(sshConfig, ssh)]);
}

/** The spec as events carry it. */
export function withoutCredentials(spec: RepositorySpec): RepositorySpec {
  return withConfigs(spec, (config) => without(config, ['username', ...secretNames]));
}

/** The spec as reads show it. */
export function maskedSpec(spec: RepositorySpec): RepositorySpec {
  return withConfigs(spec, masked);
}

function serverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + new URL(url).host : url;
}

/** Whether a masked secret would go to another server than the one it was given for. */
export function leaksTo(before: RepositorySpec, after: RepositorySpec): boolean {
  const keeps = Object.values(credentialsIn(after)).includes(MASK);
  return keeps && serverOf(before.url) !== serverOf(after.url);
}

/** JSON pointers of those of the secrets that stand at the same place before and after, where both are masked. */
export function maskedInBoth(
  before: RepositorySpec,
  after: RepositorySpec,
  names: readonly string[],
): string[] {
  return (['httpConfig', 'sshConfig'] as const).flatMap((config) => {
    const has = (spec: RepositorySpec, name: string) => Object.hasOwn(spec[config] ?? {}, name);
    const both = names.filter((name) => has(before, name) && has(after, name));
    return both.map((name) => `/spec/${config}/${name}`);
  });
}
