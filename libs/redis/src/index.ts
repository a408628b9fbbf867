export { openHintRedis, openRedis, type RedisSettings } from './redis.js';
