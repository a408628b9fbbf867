/** Asks a server for things, many at a time. */
import { Pool } from 'undici';
import { requestOf, type Load, type Request } from '../scenarios/api/loads.js';
import { given, serve } from './serve.js';

const concurrency = Number(given('BENCH_CONCURRENCY'));
const authorization = `Bearer ${given('BENCH_TOKEN')}`;
const server = new Pool(given('BENCH_URL'), { connections: concurrency, pipelining: 1 });

async function send({ method, path, body, type }: Request): Promise<void> {
  const headers = { authorization, ...(type !== undefined && { 'content-type': type }) };
  const answer = await server.request({ method, path, headers, body: body ?? null });
  if (answer.statusCode >= 300) {
    throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`);
  }
  await answer.body.dump({ limit: Number.POSITIVE_INFINITY });
}

/** All of them, each connection with one request at a time. */
async function run(load: Load): Promise<void> {
  const end = load.from + load.count;
  let next = load.from;
  const one = async () => {
    while (next < end) await send(requestOf(load, next++));
  };
  await Promise.all(Array.from({ length: concurrency }, one));
}

serve({ run }, () => server.close());
