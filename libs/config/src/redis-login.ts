import {
  IsBoolean,
  IsOptional,
  IsString,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { Credential } from './credential.js';
import { FromEnvironment } from './setting.js';

/** A Redis by the names of its settings: `streamRedis` has its URL in `streamRedisUrl`. */
export interface NamedRedis {
  readonly property: string;
  /** What its variables begin with, such as `SKEIN_STREAM_REDIS`. */
  readonly variable: string;
}

interface Login {
  readonly name: string;
  readonly variable: string;
  readonly description: string;
  readonly type: typeof Credential | typeof String | typeof Boolean;
  readonly rules: readonly PropertyDecorator[];
}

const HOST = String.raw`(\[[0-9a-fA-F:.]+\]|[^@/?#,:\[\]]+)(:\d{1,5})?`;
const LOGIN = '([^/?#]*@)?';
const HOSTS = `${HOST}(,${HOST})*`;

/** One server, or one behind Sentinels. */
export const SERVER_URL = new RegExp(
  `^rediss?(://${LOGIN}${HOST}(/\\d{0,4})?|\\+sentinel://${LOGIN}${HOSTS}/[^/?#]+(/\\d{0,4})?)$`,
);
export const CLUSTER_URL = new RegExp(`^rediss?\\+cluster://${LOGIN}${HOSTS}/?$`);
export const SERVER_FORMS =
  'redis://host:port/database or redis+sentinel://host:port,host:port/service/database';
export const MORE_FORMS = 'each also with rediss for TLS and with user:password@ (percent-encoded)';

const read = (target: object, property: string): unknown => Reflect.get(target, property);

/** Certificates would be of no use, and their owner believes the connection to be encrypted. */
const needsTls = ({ property: redis, variable }: NamedRedis) =>
  ValidateBy({
    name: 'needsTls',
    validator: {
      validate: (value: unknown, { object }: ValidationArguments) =>
        value === undefined ||
        value === false ||
        String(read(object, `${redis}Url`) ?? '').startsWith('rediss'),
      defaultMessage: () => `$property needs a ${variable}_URL that starts with rediss`,
    },
  });

const needs = ({ property: redis, variable }: NamedRedis, other: 'Cert' | 'Key') =>
  ValidateBy({
    name: 'needs',
    validator: {
      validate: (_value: unknown, { object }: ValidationArguments) =>
        read(object, `${redis}Tls${other}`) !== undefined,
      defaultMessage: () => `$property needs ${variable}_TLS_${other.toUpperCase()}`,
    },
  });

function credential(
  name: string,
  variable: string,
  description: string,
  ...rules: PropertyDecorator[]
): Login {
  return { name, variable, description, type: Credential, rules: [IsOptional(), ...rules] };
}

const logins = (redis: NamedRedis): readonly Login[] => [
  credential('Username', 'USERNAME', 'its user, before that of the URL'),
  credential('Password', 'PASSWORD', 'its password, before that of the URL'),
  credential('SentinelUsername', 'SENTINEL_USERNAME', 'the user of the Sentinels'),
  credential('SentinelPassword', 'SENTINEL_PASSWORD', 'the password of the Sentinels'),
  credential(
    'TlsCa',
    'TLS_CA',
    'PEM of the authorities that its certificate may come from; without it those of Node',
    needsTls(redis),
  ),
  credential(
    ...(['TlsCert', 'TLS_CERT', "PEM of the client's own certificate"] as const),
    ...[needsTls(redis), needs(redis, 'Key')],
  ),
  credential(
    ...(['TlsKey', 'TLS_KEY', "PEM of the key of the client's certificate"] as const),
    ...[needsTls(redis), needs(redis, 'Cert')],
  ),
  {
    name: 'TlsServerName',
    variable: 'TLS_SERVER_NAME',
    description:
      'the name in its certificate, where that is not the host of the URL; Sentinel and Cluster tell addresses',
    type: String,
    rules: [IsOptional(), IsString(), needsTls(redis)],
  },
  {
    name: 'TlsSkipVerify',
    variable: 'TLS_SKIP_VERIFY',
    description: 'true takes any certificate: encrypted, but perhaps with a stranger',
    type: Boolean,
    rules: [IsOptional(), IsBoolean(), needsTls(redis)],
  },
];

/** Adds to a configuration class how this Redis is entered; its URL is the class's own. */
export function EntersRedis(redis: NamedRedis): ClassDecorator {
  return ({ prototype }) => {
    for (const { name, variable, description, type, rules } of logins(redis)) {
      const property = `${redis.property}${name}`;
      Reflect.defineMetadata('design:type', type, prototype as object, property);
      FromEnvironment(`${redis.variable}_${variable}`, description)(prototype as object, property);
      for (const rule of rules) rule(prototype as object, property);
    }
    Reflect.set(prototype as object, `${redis.property}TlsSkipVerify`, false);
  };
}

/** As libs/redis takes it: what {@link EntersRedis} added to the class of this configuration. */
export function redisOf(config: object, { property }: NamedRedis) {
  const reading = (name: string) =>
    (read(config, `${property}${name}`) as Credential | undefined)?.read;
  return {
    url: read(config, `${property}Url`) as string,
    username: reading('Username'),
    password: reading('Password'),
    sentinelUsername: reading('SentinelUsername'),
    sentinelPassword: reading('SentinelPassword'),
    tls: {
      ca: reading('TlsCa'),
      certificate: reading('TlsCert'),
      key: reading('TlsKey'),
      serverName: read(config, `${property}TlsServerName`) as string | undefined,
      skipVerify: read(config, `${property}TlsSkipVerify`) as boolean,
    },
  };
}
