import { isIP } from 'node:net';
import { createSecureContext, type ConnectionOptions, type SecureContext } from 'node:tls';
import type { Redis, RedisOptions } from 'ioredis';
import type { RedisPlace } from './redis-url.js';

/** Asked at every connection, so that what it answers may change while the service runs. */
export type Reading = () => string | undefined;

export interface RedisTls {
  /** PEM of the authorities that are trusted; without it those of Node. */
  readonly ca?: Reading | undefined;
  /** PEM of the client's own certificate and key. */
  readonly certificate?: Reading | undefined;
  readonly key?: Reading | undefined;
  /** The name that the servers' certificates must have; without it the host of the URL. */
  readonly serverName?: string | undefined;
  /** Takes any certificate: the connection is encrypted, but may be with anybody. */
  readonly skipVerify?: boolean | undefined;
}

export interface RedisCredentials {
  /** Goes before that of the URL. */
  readonly username?: Reading | undefined;
  /** Goes before that of the URL. */
  readonly password?: Reading | undefined;
  /** For the Sentinels themselves, which have users of their own. */
  readonly sentinelUsername?: Reading | undefined;
  readonly sentinelPassword?: Reading | undefined;
  readonly tls?: RedisTls | undefined;
}

type Getters = { [Key in keyof RedisOptions]?: () => RedisOptions[Key] };

/**
 * The last readings that made sense stay in use: a file that is just being replaced must not end
 * a connection for good, as an error would do here.
 */
function secureContexts({ ca, certificate, key }: RedisTls): () => SecureContext {
  const make = () =>
    createSecureContext({
      ...(ca && { ca: ca() }),
      ...(certificate && { cert: certificate() }),
      ...(key && { key: key() }),
    });
  let last = make();
  return () => {
    try {
      last = make();
    } catch {
      return last;
    }
    return last;
  };
}

function tlsFor({ kind, addresses: [{ host }] }: RedisPlace, tls: RedisTls) {
  const secureContext = secureContexts(tls);
  const ofUrl = kind === 'standalone' && isIP(host) === 0 ? host : undefined;
  const servername = tls.serverName ?? ofUrl;
  return (): ConnectionOptions => ({
    secureContext: secureContext(),
    rejectUnauthorized: !tls.skipVerify,
    ...(servername && { servername }),
  });
}

/**
 * The options that are read again at every connection.
 * @throws when a certificate or key is none
 */
export function liveOptions(place: RedisPlace, credentials: RedisCredentials): Getters {
  const { sentinelUsername, sentinelPassword } = credentials;
  const tls = place.tls ? tlsFor(place, credentials.tls ?? {}) : undefined;
  return {
    username: () => credentials.username?.() ?? place.username,
    password: () => credentials.password?.() ?? place.password,
    ...(sentinelUsername && { sentinelUsername }),
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { tls, sentinelTLS: tls }),
  };
}

/** ioredis looks at its options whenever it connects; copies of them take the readings along. */
export function makeLive(redis: Redis, getters: Getters): void {
  for (const [name, get] of Object.entries(getters)) {
    Object.defineProperty(redis.options, name, { get, enumerable: true, configurable: true });
  }
}
