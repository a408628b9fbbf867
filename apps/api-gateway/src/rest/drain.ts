import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle } from '@skein/service';

/** Ends each connection with its next answer once the gateway is asked to stop: the client connects again, and elsewhere. */
export function leadElsewhere(app: NestFastifyApplication): void {
  const lifecycle = app.get(Lifecycle);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (_request, reply, done) => {
      if (lifecycle.isDraining) void reply.header('connection', 'close');
      done();
    });
}
