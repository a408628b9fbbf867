export { listen } from './listen.js';
export type { Reading, RedisCredentials, RedisTls } from './live-options.js';
export { openHintRedis, openRedis, type RedisSettings } from './redis.js';
export { parseRedisUrl, RedisUrlInvalid, type Address, type RedisPlace } from './redis-url.js';
