export { boot, startService, stopService, type BootOptions } from './boot.js';
export { NumberedHints } from './hints.js';
export { HealthController } from './health.controller.js';
export { HealthServer } from './health-server.js';
export { Lifecycle } from './lifecycle.js';
export { ServiceModule, type ServiceOptions } from './service.module.js';
export { ROOM } from './tokens.js';
