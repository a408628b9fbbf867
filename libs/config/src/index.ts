export { CacheConfig, withCacheRedis, type CacheRedis } from './cache-config.js';
export { Credential } from './credential.js';
export { FetchingConfig } from './fetching-config.js';
export { gatewayNodeOptions, nodeOptions } from './node-options.js';
export { InvalidConfiguration, readConfig, type Environment } from './read.js';
export { RedisConfig } from './redis-config.js';
export { SealingConfig } from './sealing-config.js';
export { FromEnvironment, settingsOf, type Setting } from './setting.js';
export { ServiceConfig, WorkerConfig } from './service-config.js';
