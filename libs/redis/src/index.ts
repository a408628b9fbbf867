export { listen } from './listen.js';
export type { Reading, RedisCredentials, RedisTls } from './live-options.js';
export { openHintRedis, openRedis, type RedisSettings } from './redis.js';
export { parseRedisUrl, RedisUrlInvalid, type Address, type RedisPlace } from './redis-url.js';
export { adviseAtStart, type ServerUse } from './server/advise-at-start.js';
export {
  asSetting,
  byUrgency,
  containerFor,
  recommendedMaxmemory,
  type Finding,
} from './server/finding.js';
export { informationOf, serversOf, type Information } from './server/information.js';
export { addressOf, numberIn, stateOf, type ServerState } from './server/state.js';
