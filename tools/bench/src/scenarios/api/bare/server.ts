import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { statusOf, type Device } from '@skein/api';
import { newUid } from '@skein/events';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Devices, type Origin, type PageQuery } from './devices.js';
import { Refusal } from './refusal.js';
import { etagOf } from './shown.js';
import type { Store } from './store.js';

const VERSION = 'v1beta1';
const BODY_LIMIT_BYTES = 1_024 * 1_024;

const BEARER = /^Bearer +([\x21-\x7e]{1,8192})$/i;

/** Whose token is taken. */
export interface Holder {
  readonly name: string;
  readonly sha256: string;
}

function tagged(reply: FastifyReply, device: Device): Device {
  void reply.header('etag', etagOf(device));
  return device;
}

function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const code = error instanceof Refusal ? error.code : (error.statusCode ?? 500);
    const reason = (STATUS_CODES[code] ?? '').replaceAll(' ', '');
    void reply.status(code).send(statusOf(code, reason, error.message));
  });
}

/** Bare Fastify: what the users of these five routes get, and nothing around it. */
export function bareServer(store: Store, holder: Holder): FastifyInstance {
  const originOf = ({ ip, id }: FastifyRequest): Origin => ({
    ...{ actor: holder.name, sourceaddress: ip, requestid: id },
  });
  const devices = new Devices(store);
  const server = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: ({ headers }) => String(headers['x-request-id'] ?? newUid()),
    forceCloseConnections: true,
  });
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json-patch+json', { parseAs: 'string' }, parse);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'x-request-id': request.id, 'flightctl-api-version': VERSION });
    const [, token = ''] = BEARER.exec(request.headers.authorization ?? '') ?? [];
    const isKnown = createHash('sha256').update(token).digest('hex') === holder.sha256;
    done(isKnown ? undefined : new Refusal(401, 'the token is not valid'));
  });
  answerErrors(server);
  const path = '/api/v1/devices';
  type Named = { Params: { name: string } };
  server.get<{ Querystring: PageQuery }>(path, ({ query }) => devices.list(query));
  server.post(path, async (request, reply) => {
    const device = await devices.create(originOf(request), request.body);
    return tagged(reply.status(201), device);
  });
  server.get<Named>(`${path}/:name`, async ({ params }, reply) =>
    tagged(reply, await devices.read(params.name)),
  );
  server.patch<Named>(`${path}/:name`, async (request, reply) =>
    tagged(reply, await devices.patch(originOf(request), request.params.name, request.body)),
  );
  return server;
}
