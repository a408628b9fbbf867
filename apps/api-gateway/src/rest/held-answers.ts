import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/** The configuration of routes whose handlers end before they answer. */
export const HELD = { held: true } as const;

type Server = ReturnType<ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance']>;

/**
 * Lets handlers of routes that are {@link HELD} answer after they have ended: the promise of a handler would be taken for an
 * answer. Of one that waits for minutes Nest's part alone would stay in memory with 2 kB for each.
 */
export function holdAnswers(server: Server): void {
  server.addHook('onRoute', (route) => {
    if (!(route.config && 'held' in route.config)) return;
    const { handler } = route;
    route.handler = function held(request, reply) {
      // Nest's part ends with the reply, which is a promise of its own end.
      Object.assign(reply, { then: undefined });
      const handled = Promise.resolve(handler.call(this, request, reply));
      handled.catch((error: unknown) => reply.send(error));
    };
  });
}

/** Answers with what there will be; nothing is 204. A failure is answered like any other. */
export function answerWith(reply: FastifyReply, answer: Promise<object | undefined>): void {
  answer
    .then((body) => (body ? reply.send(body) : reply.status(204).send()))
    .catch((error: unknown) => reply.send(error));
}
