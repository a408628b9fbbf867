import type { FastifyReply } from 'fastify';
import type { Saved } from '../resources/kind-rules.js';

/** 201 for what is new, 200 for what was there. */
export function answerSaved<Resource>(
  reply: FastifyReply,
  { created, resource }: Saved<Resource>,
): Resource {
  void reply.status(created ? 201 : 200);
  return resource;
}
