import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest, SecretRequest } from '../../src/source.js';
import { createSources } from '../../src/sources.js';
import { temporaryFolder } from '../git-repository.js';
import type { Rig } from './rig.js';
import { RIGHT, WRONG } from './rig.js';

export async function http(): Promise<Rig> {
  let [gate, content, served] = [Promise.resolve(), '', 0];
  const server = createServer((request, response) => {
    served += 1;
    void gate.then(() => {
      if (request.headers.authorization !== `Bearer ${RIGHT}`) response.statusCode = 401;
      else if (request.url !== '/files/motd') response.statusCode = 404;
      response.end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
  const request = (suffix: string, token: string): HttpRequest => {
    const repository = { org: 'org', uid: 'uid', name: 'files', type: 'http' as const, url };
    return { type: 'http', repository: { ...repository, credentials: { token } }, suffix };
  };
  return {
    path: 'body',
    forbiddenCode: 'denied',
    sources: (limits) =>
      createSources({ cacheFolder: '/nonexistent', allowedNetworks: ['127.0.0.1/32'], limits }),
    request: () => request('motd', RIGHT),
    put: (text) => {
      content = text;
      return /^sha256:[0-9a-f]{64}$/;
    },
    missing: () => request('nothing', RIGHT),
    forbidden: () => request('motd', WRONG),
    hold: (until) => {
      gate = until;
    },
    served: () => served,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The part of the test server that the rig uses. */
interface SecretServer {
  readonly address: string;
  readonly token: string;
  readonly ca: string;
  readonly forbidden: Set<string>;
  readonly requests: string[];
  gate: Promise<void>;
  start(): Promise<void>;
  put(namespace: string, name: string, data: Record<string, string>): string;
  close(): Promise<void>;
}

export async function kubernetesSecret(
  serve: (folder: string, token: string) => SecretServer,
): Promise<Rig> {
  const { path: folder, remove } = temporaryFolder();
  const server = serve(folder, RIGHT);
  await server.start();
  server.forbidden.add('shut');
  const { address, token, ca } = server;
  const connection = { mode: 'address' as const, address, token: () => token, ca: () => ca };
  const kubernetes = { connection, allowedNamespaces: ['edge', 'shut'] };
  const request = (namespace: string, name: string): SecretRequest => ({
    type: 'secret',
    org: 'org',
    namespace,
    name,
  });
  return {
    path: 'motd',
    forbiddenCode: 'denied',
    sources: (limits) => createSources({ cacheFolder: folder, kubernetes, limits }),
    request: () => request('edge', 'motd'),
    put: (content) => server.put('edge', 'motd', { motd: content }),
    missing: () => request('edge', 'nothing'),
    forbidden: () => request('shut', 'motd'),
    hold: (gate) => {
      server.gate = gate;
    },
    served: () => server.requests.length,
    close: async () => {
      await server.close();
      remove();
    },
  };
}
