import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A real git repository. */
export class GitRepository {
  constructor(readonly folder: string) {
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  }

  get url(): string {
    return `file://${this.folder}`;
  }

  private run(...args: string[]): string {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', ['-C', this.folder, ...who, ...args], { encoding: 'utf8' }).trim();
  }

  /** Commits to a branch; the commit's full name. */
  commit(content: string, branch = 'main'): string {
    this.run('checkout', '--quiet', '-B', branch);
    writeFileSync(join(this.folder, 'motd'), content);
    this.run('add', '--all');
    this.run('commit', '--quiet', '--allow-empty', '-m', content);
    return this.run('rev-parse', 'HEAD');
  }
}

/** A real HTTP server that can go away and come back at its port. */
export class FileServer {
  /** By path. */
  readonly files = new Map<string, { content: string; etag?: string }>();
  /** Paths of the requests, and of those that got a body. */
  asked: string[] = [];
  sent: string[] = [];
  /** How many requests are being answered, at the most. */
  most = 0;
  /** Answers wait for it. */
  gate: Promise<unknown> = Promise.resolve();
  private server: Server | undefined;
  private port = 0;
  private open = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(path);
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    // As it was when the question came.
    const file = this.files.get(path);
    await this.gate;
    this.open -= 1;
    if (!file) return void response.writeHead(404).end();
    if (file.etag) response.setHeader('etag', file.etag);
    if (file.etag && request.headers['if-none-match'] === file.etag) {
      return void response.writeHead(304).end();
    }
    this.sent.push(path);
    response.end(file.content);
  }
}
