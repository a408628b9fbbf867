import type { BootOptions } from '@skein/service';
import { AppModule } from './app.module.js';
import { GrpcDoor } from './grpc/door.js';
import { addressOf, httpAdapter, prepareServer } from './rest/server.js';

/** How the gateway is started. */
export const gateway: BootOptions = {
  module: AppModule,
  adapter: httpAdapter,
  prepare: prepareServer,
  address: addressOf,
  transports: (app) => [app.get(GrpcDoor).transport],
};
