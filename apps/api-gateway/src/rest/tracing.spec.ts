import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { openLogger, startTelemetry, type Telemetry } from '@skein/telemetry';
import fastify, { type FastifyInstance } from 'fastify';
import { noteFailure, traceRequests } from './tracing.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${trace}-b7ad6b7169203331-01`;
const exporter = new InMemorySpanExporter();
const lines: string[] = [];
const logger = openLogger('gateway', 'info', { write: (line) => void lines.push(line) });
let telemetry: Telemetry;
let server: FastifyInstance;
let url: string;
const entered = Promise.withResolvers<void>();

beforeAll(async () => {
  telemetry = startTelemetry({ service: 'gateway', spanExporter: exporter });
  server = fastify({ genReqId: () => 'mine', forceCloseConnections: true });
  traceRequests(server);
  server.all('/things/:name', async (request, reply) => {
    await sleep(1);
    logger.info({}, 'at work');
    const { failure } = (request.body ?? {}) as { failure?: string };
    if (failure === undefined) return { done: true };
    noteFailure(request, new Error(failure));
    return reply.status(409).send({});
  });
  server.delete('/held', () => {
    entered.resolve();
    return new Promise(() => undefined);
  });
  url = await server.listen({ host: '127.0.0.1', port: 0 });
});
beforeEach(() => {
  exporter.reset();
  lines.length = 0;
});
afterAll(async () => {
  await server?.close();
  await telemetry?.stop();
});

const send = (method: string, body?: object) =>
  fetch(`${url}/things/one`, {
    method,
    headers: { traceparent, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
/** A span ends when the answer is sent, which a client may see before. */
async function span() {
  while (exporter.getFinishedSpans().length === 0) await sleep(1);
  return exporter.getFinishedSpans()[0]!;
}
const line = () => JSON.parse(lines[0]!) as object;

describe('what a request logs', () => {
  it('carries its id, also after its body was read', async () => {
    await send('GET');
    expect(line()).toMatchObject({ msg: 'at work', request: 'mine' });
    expect(line()).not.toHaveProperty('trace');
    lines.length = 0;
    await send('PUT', {});
    expect(line()).toMatchObject({ msg: 'at work', request: 'mine', trace });
    await span();
  });
});

describe('the span of a request', () => {
  it('goes on with the trace of the client', async () => {
    await send('PUT', {});
    const { name, parentSpanContext, status } = await span();
    expect(name).toBe('PUT /things/:name');
    expect(parentSpanContext?.traceId).toBe(trace);
    expect(status.message).toBeUndefined();
  });

  it('says why the request failed', async () => {
    expect((await send('POST', { failure: 'taken' })).status).toBe(409);
    expect((await span()).status.message).toBe('taken');
  });

  it('is none of a read', async () => {
    await send('GET');
    await send('PUT', {});
    await span();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['PUT /things/:name']);
  });

  it('ends when nobody waits for the answer any more', async () => {
    const gone = new AbortController();
    const asked = fetch(`${url}/held`, { method: 'DELETE', signal: gone.signal });
    await entered.promise;
    gone.abort();
    await expect(asked).rejects.toThrow('aborted');
    expect((await span()).name).toBe('DELETE /held');
  });
});
