import { Matches } from 'class-validator';
import { DatabaseConfig } from './database-config.js';
import {
  CLUSTER_URL,
  EntersRedis,
  MORE_FORMS,
  redisOf,
  SERVER_FORMS,
  SERVER_URL,
} from './redis-login.js';
import { FromEnvironment } from './setting.js';

const STREAMS = { property: 'streamRedis', variable: 'SKEIN_STREAM_REDIS' };
const URL = new RegExp(`${SERVER_URL.source}|${CLUSTER_URL.source}`);
const FORMS = `${SERVER_FORMS.replace(' or', ',')} or redis+cluster://host:port,host:port, ${MORE_FORMS}`;

/** How the Redis of the streams is reached. */
@EntersRedis(STREAMS)
export class RedisConfig extends DatabaseConfig {
  @FromEnvironment('SKEIN_STREAM_REDIS_URL', 'the Redis that holds the streams')
  @Matches(URL, { message: `$property must be ${FORMS}` })
  streamRedisUrl: string;

  /** As libs/redis takes it. */
  get streamRedis() {
    return redisOf(this, STREAMS);
  }
}
