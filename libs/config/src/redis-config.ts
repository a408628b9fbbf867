import {
  IsBoolean,
  IsOptional,
  IsString,
  Matches,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import { Credential } from './credential.js';
import { DatabaseConfig } from './database-config.js';
import { FromEnvironment } from './setting.js';

const HOST = String.raw`(\[[0-9a-fA-F:.]+\]|[^@/?#,:\[\]]+)(:\d{1,5})?`;
const LOGIN = '([^/?#]*@)?';
const HOSTS = `${HOST}(,${HOST})*`;
const REDIS_URL = new RegExp(
  `^rediss?(://${LOGIN}${HOST}(/\\d{0,4})?` +
    `|\\+sentinel://${LOGIN}${HOSTS}/[^/?#]+(/\\d{0,4})?` +
    `|\\+cluster://${LOGIN}${HOSTS}/?)$`,
);
const FORMS =
  'redis://host:port/database, redis+sentinel://host:port,host:port/service/database or redis+cluster://host:port,host:port, ' +
  'each also with rediss for TLS and with user:password@ (percent-encoded)';

/** Certificates would be of no use, and their owner believes the connection to be encrypted. */
const needsTls = () =>
  ValidateBy({
    name: 'needsTls',
    validator: {
      validate: (value: unknown, { object }: ValidationArguments) =>
        value === undefined ||
        value === false ||
        /^rediss/.test((object as RedisConfig).streamRedisUrl ?? ''),
      defaultMessage: () => '$property needs a SKEIN_STREAM_REDIS_URL that starts with rediss',
    },
  });

const needs = (other: 'streamRedisTlsCert' | 'streamRedisTlsKey', variable: string) =>
  ValidateBy({
    name: 'needs',
    validator: {
      validate: (_value: unknown, { object }: ValidationArguments) =>
        (object as RedisConfig)[other] !== undefined,
      defaultMessage: () => `$property needs ${variable}`,
    },
  });

/** How the Redis of the streams is reached. */
export class RedisConfig extends DatabaseConfig {
  @FromEnvironment('SKEIN_STREAM_REDIS_URL', 'the Redis that holds the streams')
  @Matches(REDIS_URL, { message: `$property must be ${FORMS}` })
  streamRedisUrl: string;

  @FromEnvironment('SKEIN_STREAM_REDIS_USERNAME', 'its user, before that of the URL')
  @IsOptional()
  streamRedisUsername?: Credential;

  @FromEnvironment('SKEIN_STREAM_REDIS_PASSWORD', 'its password, before that of the URL')
  @IsOptional()
  streamRedisPassword?: Credential;

  @FromEnvironment('SKEIN_STREAM_REDIS_SENTINEL_USERNAME', 'the user of the Sentinels')
  @IsOptional()
  streamRedisSentinelUsername?: Credential;

  @FromEnvironment('SKEIN_STREAM_REDIS_SENTINEL_PASSWORD', 'the password of the Sentinels')
  @IsOptional()
  streamRedisSentinelPassword?: Credential;

  @FromEnvironment(
    'SKEIN_STREAM_REDIS_TLS_CA',
    'PEM of the authorities that its certificate may come from; without it those of Node',
  )
  @IsOptional()
  @needsTls()
  streamRedisTlsCa?: Credential;

  @FromEnvironment('SKEIN_STREAM_REDIS_TLS_CERT', "PEM of the client's own certificate")
  @IsOptional()
  @needsTls()
  @needs('streamRedisTlsKey', 'SKEIN_STREAM_REDIS_TLS_KEY')
  streamRedisTlsCert?: Credential;

  @FromEnvironment('SKEIN_STREAM_REDIS_TLS_KEY', "PEM of the key of the client's certificate")
  @IsOptional()
  @needsTls()
  @needs('streamRedisTlsCert', 'SKEIN_STREAM_REDIS_TLS_CERT')
  streamRedisTlsKey?: Credential;

  @FromEnvironment(
    'SKEIN_STREAM_REDIS_TLS_SERVER_NAME',
    'the name in its certificate, where that is not the host of the URL; Sentinel and Cluster tell addresses',
  )
  @IsOptional()
  @IsString()
  @needsTls()
  streamRedisTlsServerName?: string;

  @FromEnvironment(
    'SKEIN_STREAM_REDIS_TLS_SKIP_VERIFY',
    'true takes any certificate: encrypted, but perhaps with a stranger',
  )
  @IsBoolean()
  @needsTls()
  streamRedisTlsSkipVerify: boolean = false;

  /** As libs/redis takes it. */
  get streamRedis() {
    return {
      url: this.streamRedisUrl,
      username: this.streamRedisUsername?.read,
      password: this.streamRedisPassword?.read,
      sentinelUsername: this.streamRedisSentinelUsername?.read,
      sentinelPassword: this.streamRedisSentinelPassword?.read,
      tls: {
        ca: this.streamRedisTlsCa?.read,
        certificate: this.streamRedisTlsCert?.read,
        key: this.streamRedisTlsKey?.read,
        serverName: this.streamRedisTlsServerName,
        skipVerify: this.streamRedisTlsSkipVerify,
      },
    };
  }
}
