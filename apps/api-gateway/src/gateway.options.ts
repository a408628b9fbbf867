import type { BootOptions } from '@skein/service';
import { AppModule } from './app.module.js';
import { GatewayConfig } from './gateway.config.js';
import { GrpcDoor } from './grpc/door.js';
import { CallRightsGuard } from './grpc/rights.guard.js';
import { addressOf, httpAdapter, prepareServer } from './rest/server.js';

/** How the gateway is started. */
export const gateway: BootOptions = {
  module: AppModule,
  adapter: httpAdapter,
  prepare: prepareServer,
  address: addressOf,
  drainMs: (app) => app.get(GatewayConfig).drainMs,
  transports: (app) => [{ strategy: app.get(GrpcDoor).transport, guard: app.get(CallRightsGuard) }],
};
