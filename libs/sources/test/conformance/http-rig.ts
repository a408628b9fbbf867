import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest } from '../../src/source.js';
import { createSources } from '../../src/sources.js';
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
