export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the URL of a Redis says. */
export interface RedisPlace {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** The server; all Sentinels; or some nodes of the cluster. */
  readonly addresses: readonly [Address, ...Address[]];
  /** The name that Sentinels know the primary by. */
  readonly service: string | undefined;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** A URL that is none of a Redis. Says nothing of its contents, which may be a password. */
export class RedisUrlInvalid extends Error {
  readonly code = 'redis-url-invalid';
  readonly retryable = false;

  constructor(reason: string) {
    super(
      `the URL of Redis ${reason}; known are redis://host:port/database, ` +
        'redis+sentinel://host:port,host:port/service/database and redis+cluster://host:port,host:port, ' +
        'each also with rediss for TLS and with user:password@',
    );
  }
}

const form =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<login>.*)@)?(?<hosts>[^@/?#]+)(?<path>(?:\/[^/?#]*){0,2})$/;
const address = /^(?<host>\[[0-9a-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/i;

function addressOf(text: string, standardPort: number): Address {
  const { host, port } = address.exec(text)?.groups ?? {};
  const number = Number(port ?? standardPort);
  if (!host || number < 1 || number > 65_535) throw new RedisUrlInvalid('has a wrong address');
  return { host: host.replace(/^\[|\]$/g, ''), port: number };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text ? decodeURIComponent(text) : undefined;
  } catch {
    throw new RedisUrlInvalid('has a user or password that is not percent-encoded');
  }
}

function loginOf(text = ''): Pick<RedisPlace, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const [username, password] =
    colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  return { username: decoded(username), password: decoded(password) };
}

function databaseOf(text = '0'): number {
  if (!/^\d{1,4}$/.test(text)) throw new RedisUrlInvalid('has a database that is no number');
  return Number(text);
}

function pathOf(kind: RedisPlace['kind'], parts: string[]) {
  if (parts.length > (kind === 'sentinel' ? 2 : 1)) throw new RedisUrlInvalid('is too long');
  if (kind === 'cluster' && parts.length > 0) {
    throw new RedisUrlInvalid('names a database, which a cluster does not have');
  }
  const service = kind === 'sentinel' ? decoded(parts.shift()) : undefined;
  if (kind === 'sentinel' && !service) throw new RedisUrlInvalid('names no service for Sentinel');
  return { service, database: databaseOf(parts[0]) };
}

function addressesOf(kind: RedisPlace['kind'], hosts: string): [Address, ...Address[]] {
  const [first = '', ...more] = hosts.split(',');
  if (kind === 'standalone' && more.length > 0) {
    throw new RedisUrlInvalid('has several addresses, so must say +sentinel or +cluster');
  }
  const port = kind === 'sentinel' ? 26_379 : 6_379;
  return [addressOf(first, port), ...more.map((host) => addressOf(host, port))];
}

/** @throws RedisUrlInvalid */
export function parseRedisUrl(url: string): RedisPlace {
  const { scheme, kind: given, login, hosts = '', path = '' } = form.exec(url)?.groups ?? {};
  if (!scheme) throw new RedisUrlInvalid('is not well formed');
  const kind = (given ?? 'standalone') as RedisPlace['kind'];
  return {
    kind,
    tls: scheme === 'rediss',
    addresses: addressesOf(kind, hosts),
    ...loginOf(login),
    ...pathOf(kind, path.split('/').filter(Boolean)),
  };
}
