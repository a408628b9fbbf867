/** Watches a list over many connections, and notes when each was told what. */
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '../clock.js';
import { given, serve } from './serve.js';

export interface Watching {
  readonly path: string;
  readonly clients: number;
}

export interface Awaited {
  /** Values of the label `revision` that all are to be told. */
  readonly revisions: readonly string[];
  readonly withinMs: number;
}

const LOOK_MS = 20;
const REVISION = /"revision":"([^"]*)"/;
const url = given('BENCH_URL');
const headers = { authorization: `Bearer ${given('BENCH_TOKEN')}` };
/** When each client was told of a revision. */
const told = new Map<string, number[]>();
let clients: IncomingMessage[] = [];

function note(frame: string, at: number): void {
  const [, revision] = REVISION.exec(frame) ?? [];
  if (revision === undefined) return;
  const times = told.get(revision) ?? [];
  told.set(revision, times);
  times.push(at);
}

function listen(response: IncomingMessage): IncomingMessage {
  let rest = '';
  response.setEncoding('latin1').on('data', (chunk: string) => {
    const at = now();
    const frames = (rest + chunk).split('\n\n');
    rest = frames.pop()!;
    for (const frame of frames) note(frame, at);
  });
  // It is closed while something is still said.
  response.on('error', () => undefined);
  return response;
}

async function connect(path: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url + path, { headers, agent: false }, resolve).on('error', reject);
  });
  if (response.statusCode === 200) return listen(response);
  throw new Error(`GET ${path}: ${response.statusCode}`);
}

async function open({ path, clients: count }: Watching): Promise<void> {
  clients = await Promise.all(Array.from({ length: count }, () => connect(path)));
}

/** When each client was told each of these. @throws when one was not told in time, or told twice */
async function received({ revisions, withinMs }: Awaited): Promise<number[][]> {
  const deadline = now() + withinMs;
  const times = () => revisions.map((revision) => told.get(revision) ?? []);
  while (now() < deadline && times().some((one) => one.length < clients.length)) {
    await sleep(LOOK_MS);
  }
  const strange = times().filter((one) => one.length !== clients.length).length;
  if (strange === 0) return times();
  throw new Error(
    `${strange} of ${revisions.length} changes were not told ${clients.length} times`,
  );
}

async function close(): Promise<void> {
  for (const client of clients) client.destroy();
  clients = [];
  told.clear();
}

serve({ open, received, close }, close);
