import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle } from '@skein/service';
import { letInWhoWaits } from '../limits/waiting-connections.js';

/**
 * Once the gateway is asked to stop, each connection ends with its next answer: the client connects again, and elsewhere. Who has
 * connected in time is answered.
 */
export function leadElsewhere(app: NestFastifyApplication): void {
  const lifecycle = app.get(Lifecycle);
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', (_request, reply, done) => {
    if (lifecycle.isDraining) void reply.header('connection', 'close');
    done();
  });
  server.addHook('preClose', () => letInWhoWaits(server.server));
}
