/** Agents of devices: each waits for documents over a connection of its own, and some report. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { now } from '../clock.js';
import { AnswerReader, type HttpAnswer } from '../scenarios/devices/answers.js';
import { nameOf, tokenOf } from '../scenarios/devices/tokens.js';
import { given, serve } from './serve.js';

export interface Waiting {
  readonly from: number;
  readonly count: number;
}

/** A document that came. */
export type Told = readonly [device: number, version: number, at: number];

export interface Reporting {
  readonly from: number;
  /** So many at a time. */
  readonly count: number;
  readonly milliseconds: number;
  readonly status: object;
}

/** Connections that are opened at the same time. */
const AT_ONCE = 100;
const BUSY = 503;
const AGAIN_MS = 1_000;
const port = Number(given('BENCH_PORT'));
const tokenFor = (device: number) => tokenOf(given('BENCH_ORG'), given('BENCH_SEED'), device);
const VERSION = /"device-controller\/renderedVersion":"(\d+)"/;

let told: Told[] = [];
/** How often the gateway asked to try again. */
let busy = 0;
let failure: Error | undefined;
const agents = new Set<Agent>();

class Agent {
  private readonly socket: Socket;
  private readonly reader = new AnswerReader();
  private isClosing = false;
  onAnswer: (answer: HttpAnswer) => void = () => undefined;

  constructor(private readonly device: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1').setNoDelay(true);
    this.socket.on('data', (chunk: string) => {
      for (const answer of this.reader.read(chunk)) this.onAnswer(answer);
    });
    this.socket.on('error', (error) => this.end(error));
    this.socket.on('close', () => this.end(new Error(`${nameOf(device)} was cut off`)));
    agents.add(this);
  }

  async opened(): Promise<this> {
    await once(this.socket, 'connect');
    return this;
  }

  send(method: string, path: string, body = ''): void {
    const head = [
      `${method} /api/v1/devices/${nameOf(this.device)}/${path} HTTP/1.1`,
      'host: 127.0.0.1',
      `authorization: Bearer ${tokenFor(this.device)}`,
      ...(body ? ['content-type: application/json', `content-length: ${body.length}`] : []),
    ];
    this.socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
  }

  /** Waits for another document than it has, again and again. */
  wait(known: number): void {
    this.onAnswer = (answer) => this.hear(answer, known);
    this.send('GET', `rendered?knownRenderedVersion=${known}`);
  }

  private hear({ status, body }: HttpAnswer, known: number): void {
    if (status === BUSY) {
      busy += 1;
      setTimeout(() => this.wait(known), AGAIN_MS);
    } else if (status === 200) {
      const version = Number(VERSION.exec(body)?.[1] ?? 0);
      told.push([this.device, version, now()]);
      this.wait(version);
    } else failure ??= new Error(`${nameOf(this.device)}: ${status} ${body}`);
  }

  /** Says the same again and again; resolves with how often. */
  async report(status: object, until: number): Promise<number> {
    const head = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device' };
    const body = JSON.stringify({ ...head, metadata: { name: nameOf(this.device) }, status });
    let count = 0;
    while (now() < until) {
      const answer = new Promise<HttpAnswer>((resolve) => (this.onAnswer = resolve));
      this.send('PUT', 'status', body);
      const { status: code, body: text } = await answer;
      if (code !== 200) throw new Error(`a report was refused: ${code} ${text}`);
      count += 1;
    }
    return count;
  }

  close(): void {
    this.isClosing = true;
    agents.delete(this);
    this.socket.destroy();
  }

  private end(error: Error): void {
    if (!this.isClosing) failure ??= error;
  }
}

const range = ({ from, count }: { readonly from: number; readonly count: number }) =>
  Array.from({ length: count }, (_value, index) => from + index);

async function open(devices: readonly number[]): Promise<Agent[]> {
  const opened: Agent[] = [];
  for (let from = 0; from < devices.length; from += AT_ONCE) {
    const some = devices.slice(from, from + AT_ONCE);
    opened.push(...(await Promise.all(some.map((device) => new Agent(device).opened()))));
  }
  return opened;
}

/** They have the first document, and wait for the next. */
async function wait(waiting: Waiting): Promise<void> {
  for (const agent of await open(range(waiting))) agent.wait(1);
}

/** The documents that came since it was asked before. @throws when an agent was refused or cut off */
async function take(): Promise<Told[]> {
  if (failure) throw failure;
  const taken = told;
  told = [];
  return taken;
}

async function report({ status, milliseconds, ...which }: Reporting): Promise<number> {
  const reporters = await open(range(which));
  const end = now() + milliseconds;
  const counts = await Promise.all(reporters.map((agent) => agent.report(status, end)));
  for (const agent of reporters) agent.close();
  return counts.reduce((sum, count) => sum + count, 0);
}

async function close(): Promise<void> {
  for (const agent of agents) agent.close();
}

serve({ wait, take, report, refused: async () => busy }, close);
