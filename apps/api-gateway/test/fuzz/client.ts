/** Sends requests as they are, with whatever is in their paths and headers. */
import { Agent, request as send, type ClientRequest, type IncomingMessage } from 'node:http';
import type { FuzzRequest } from './plan.js';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Longer than anything may take. */
const PATIENCE_MS = 10_000;
/** How long what is streamed is listened to. */
const LISTEN_MS = 20;

const isStream = ({ headers }: IncomingMessage) =>
  headers['content-type']?.startsWith('text/event-stream') === true;

function read(response: IncomingMessage, asked: ClientRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const done = () => resolve(Buffer.concat(chunks).toString());
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', done);
    response.on('error', reject);
    if (!isStream(response)) return;
    setTimeout(() => {
      done();
      asked.destroy();
    }, LISTEN_MS);
  });
}

export class FuzzClient {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly port: number) {}

  close(): void {
    this.agent.destroy();
  }

  /** @throws Error when there is no answer in time */
  async send(one: FuzzRequest, authorization: string | undefined): Promise<FuzzAnswer> {
    try {
      return await this.once(one, authorization);
    } catch (error) {
      // The server may close a connection that nothing is asked on, at any time.
      const { message, reused } = error as Error & { reused?: boolean };
      if (reused !== true || !/ECONNRESET|EPIPE|socket hang up/.test(message)) throw error;
      return this.once(one, authorization);
    }
  }

  private once({ method, target, headers, body }: FuzzRequest, authorization?: string) {
    return new Promise<FuzzAnswer>((resolve, reject) => {
      const asked = send({
        ...{ host: '127.0.0.1', port: this.port, agent: this.agent, method, path: target },
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...headers,
          ...(body && { 'content-length': body.length }),
        },
      });
      const late = setTimeout(() => asked.destroy(new Error('no answer: it hangs')), PATIENCE_MS);
      asked.on('response', (response) => {
        void read(response, asked)
          .then((text) => ({ status: response.statusCode!, headers: response.headers, text }))
          .then(resolve, reject)
          .finally(() => clearTimeout(late));
      });
      asked.on('error', (error) => {
        clearTimeout(late);
        reject(Object.assign(error, { reused: asked.reusedSocket }));
      });
      asked.end(body);
    });
  }
}
