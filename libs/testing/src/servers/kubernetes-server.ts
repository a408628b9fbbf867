import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { certificate } from './certificate.js';

interface StoredSecret {
  uid: string;
  version: number;
  data: Record<string, string>;
}

interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  namespace: string;
  name: string;
  version: number;
  secret: StoredSecret;
}

type Watcher = { namespace: string; name: string | null; response: ServerResponse };

/**
 * The part of the published Kubernetes API that is about secrets: get, list in pages, watch from a version, status
 * objects. Over HTTPS, for one bearer token.
 */
export class KubernetesServer {
  readonly ca: string;
  /** `METHOD path?query accept` of each request. */
  readonly requests: string[] = [];
  /** Namespaces that the account may not read. */
  readonly forbidden = new Set<string>();
  /** Answered to every request while set. */
  status?: number;
  /** Requests wait for it before they are answered. */
  gate: Promise<void> = Promise.resolve();
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #server;
  #changes: Change[] = [];
  #watchers: Watcher[] = [];
  #version = 100;

  constructor(
    folder: string,
    readonly token = 'the-t0ken-of-the-account',
  ) {
    const own = certificate(folder, 'kubernetes');
    this.ca = own.cert;
    this.#server = createServer(own, (request, response) => {
      this.requests.push(`${request.method} ${request.url} ${request.headers.accept}`);
      void this.gate.then(() => this.#answer(request, response));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get address(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get watching(): number {
    return this.#watchers.length;
  }

  /** The revision that Skein should see. */
  put(namespace: string, name: string, data: Record<string, string | Buffer>): string {
    const key = `${namespace}/${name}`;
    const old = this.#secrets.get(key);
    const encoded = Object.entries(data).map(([file, content]) => [
      file,
      Buffer.from(content).toString('base64'),
    ]);
    const version = (this.#version += 1);
    const uid = old?.uid ?? `uid-${version}`;
    const secret = { uid, version, data: Object.fromEntries(encoded) as Record<string, string> };
    this.#secrets.set(key, secret);
    this.#publish({ type: old ? 'MODIFIED' : 'ADDED', namespace, name, version, secret });
    return `${uid}/${version}`;
  }

  delete(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    const secret = this.#secrets.get(key)!;
    this.#secrets.delete(key);
    const version = (this.#version += 1);
    this.#publish({ type: 'DELETED', namespace, name, version, secret });
  }

  /** As etcd's compaction: watches cannot go on from versions before this. */
  forget(): void {
    this.#changes = [];
    this.#version += 10;
  }

  /** Ends all watches, as API servers do now and then. */
  endWatches(): void {
    const ended = this.#watchers;
    this.#watchers = [];
    for (const { response } of ended) response.end();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://localhost');
    const [, namespace = '', name] =
      /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const refusal = this.#refusal(request, namespace);
    if (refusal) return fail(response, refusal);
    if (name) return this.#get(response, namespace, name);
    if (url.searchParams.get('watch') === 'true') this.#watch(response, namespace, url);
    else this.#list(response, namespace, url);
  }

  #refusal(request: IncomingMessage, namespace: string): number | undefined {
    if (this.status) return this.status;
    if (request.headers.authorization !== `Bearer ${this.token}`) return 401;
    if (!namespace) return 404;
    return this.forbidden.has(namespace) ? 403 : undefined;
  }

  #get(response: ServerResponse, namespace: string, name: string): void {
    const secret = this.#secrets.get(`${namespace}/${name}`);
    if (!secret) return fail(response, 404);
    json(response, { kind: 'Secret', apiVersion: 'v1', ...resource(namespace, name, secret) });
  }

  #list(response: ServerResponse, namespace: string, url: URL): void {
    const only = nameIn(url);
    const found = [...this.#secrets]
      .map(([key, secret]) => ({ name: key.slice(namespace.length + 1), key, secret }))
      .filter(({ key, name }) => key.startsWith(`${namespace}/`) && (!only || name === only));
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = from + Math.min(2, Number(url.searchParams.get('limit') ?? 2));
    const items = found
      .slice(from, to)
      .map(({ name, secret }) => ({ metadata: resource(namespace, name, secret).metadata }));
    const more = to < found.length ? { continue: String(to) } : {};
    const metadata = { resourceVersion: String(this.#version), ...more };
    json(response, { kind: 'PartialObjectMetadataList', metadata, items });
  }

  #watch(response: ServerResponse, namespace: string, url: URL): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    const oldest = this.#changes[0]?.version ?? this.#version + 1;
    if (from + 1 < oldest && from < this.#version) {
      return void response.end(`${JSON.stringify({ type: 'ERROR', object: status(410) })}\n`);
    }
    const watcher = { namespace, name: nameIn(url), response };
    response.flushHeaders();
    for (const change of this.#changes.filter(({ version }) => version > from))
      send(watcher, change);
    this.#watchers.push(watcher);
    response.on('close', () => {
      this.#watchers = this.#watchers.filter((other) => other !== watcher);
    });
  }

  #publish(change: Change): void {
    this.#changes.push(change);
    for (const watcher of this.#watchers) send(watcher, change);
  }
}

function send({ namespace, name, response }: Watcher, change: Change): void {
  if (change.namespace !== namespace || (name && change.name !== name)) return;
  const { metadata } = resource(namespace, change.name, change.secret);
  const object = { metadata: { ...metadata, resourceVersion: String(change.version) } };
  response.write(`${JSON.stringify({ type: change.type, object })}\n`);
}

function resource(namespace: string, name: string, { uid, version, data }: StoredSecret) {
  return { metadata: { namespace, name, uid, resourceVersion: String(version) }, data };
}

function nameIn(url: URL): string | null {
  return url.searchParams.get('fieldSelector')?.replace('metadata.name=', '') ?? null;
}

function status(code: number) {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message: 'said by the API' };
}

function fail(response: ServerResponse, code: number): void {
  json(response, status(code), code);
}

function json(response: ServerResponse, body: object, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
