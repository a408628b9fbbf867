import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

/** A small HTTP server on 127.0.0.1 that serves the files of a folder. */
export class FileServer implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async start(folder: string): Promise<FileServer> {
    const server = createServer((request, response) => {
      send(folder, request.url ?? '/', response).catch(() => response.writeHead(404).end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FileServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    if (this.server.listening) await once(this.server, 'close');
  }
}

async function send(folder: string, path: string, response: ServerResponse): Promise<void> {
  // A normalised absolute path cannot lead out of the folder.
  const name = normalize(decodeURIComponent(new URL(path, 'http://localhost').pathname));
  const file = join(folder, name);
  const content = await readFile(file);
  const type = file.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
  response.writeHead(200, { 'content-type': type }).end(content);
}
