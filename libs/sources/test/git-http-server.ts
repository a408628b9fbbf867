import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface GitHttpServer {
  url: string;
  /** `METHOD /path?query` of each request, in the order they came. */
  requests: string[];
  /** What a request must bring; none: everybody may read. */
  authorization?: string;
  /** Speak only the oldest protocol, which gives no commit by its name. */
  oldProtocol: boolean;
  /** Requests wait for it before they are answered. */
  gate: Promise<void>;
  close(): Promise<void>;
}

/** `git http-backend` behind a small CGI server on 127.0.0.1, with TLS if it gets a certificate. */
export async function startGitHttpServer(
  root: string,
  tls?: { cert: string; key: string },
): Promise<GitHttpServer> {
  const listener: RequestListener = (request, response) => {
    server.requests.push(`${request.method} ${request.url}`);
    void server.gate.then(() => answer(server, root, request, response));
  };
  const http = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: GitHttpServer = {
    url: `http${tls ? 's' : ''}://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests: [],
    oldProtocol: false,
    gate: Promise.resolve(),
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

function answer(
  server: GitHttpServer,
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (server.authorization && request.headers.authorization !== server.authorization) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
    return;
  }
  const backend = spawn(join(execPath(), 'git-http-backend'), {
    env: cgiEnvironment(server, root, request),
  });
  request.pipe(backend.stdin).on('error', () => undefined);
  let head = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
  });
  backend.on('close', () => response.end());
}

function writeHead(response: ServerResponse, head: string): void {
  const headers = head.split('\r\n').map((line) => line.split(': ') as [string, string]);
  const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
  response.writeHead(
    Number.parseInt(status),
    Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
  );
}

function cgiEnvironment(
  server: GitHttpServer,
  root: string,
  request: IncomingMessage,
): Record<string, string> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const protocol = request.headers['git-protocol'];
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    ...(!server.oldProtocol && typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
  };
}

function execPath(): string {
  return execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim();
}
