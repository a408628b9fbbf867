import { readdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canCertify, certificate } from '@skein/testing';
import { temporaryFolder } from '../test/git-repository.js';
import type { Credentials, RepositoryAccess } from './source.js';
import { createSources } from './sources.js';

const folder = temporaryFolder();
const sources = createSources({
  cacheFolder: join(folder.path, 'cache'),
  allowedNetworks: ['127.0.0.0/8'],
});

let server: Server;
let url: string;

const access = (changes: Partial<RepositoryAccess>): RepositoryAccess => ({
  org: 'org',
  uid: 'uid',
  name: 'secure',
  type: 'http',
  url,
  ...changes,
});
const body = async (credentials?: Credentials, skipServerVerification?: boolean) => {
  const repository = access({ credentials, skipServerVerification });
  return (await sources.fetch({ type: 'http', repository })).files[0]?.content.toString();
};
const git = (credentials?: Credentials, skipServerVerification?: boolean) => {
  const repository = access({ type: 'git', credentials, skipServerVerification });
  return sources.fetch({ type: 'git', repository, targetRevision: 'main', path: '' });
};

(canCertify ? describe : describe.skip)('TLS', () => {
  let own: { cert: string; key: string };
  let client: { cert: string; key: string };

  beforeAll(async () => {
    [own, client] = [certificate(folder.path, 'server'), certificate(folder.path, 'client')];
    const options = { ...own, ca: client.cert, requestCert: true, rejectUnauthorized: false };
    server = createServer(options, (request, response) => {
      response.statusCode = request.url?.startsWith('/info') ? 404 : 200;
      if (request.url === '/down')
        response.writeHead(302, { location: url.replace('https:', 'http:') });
      response.end((request.socket as TLSSocket).authorized ? 'known' : 'unknown');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    folder.remove();
  });

  it('does not talk to a server with an unknown certificate', async () => {
    const message = expect.stringContaining('certificate');
    await expect(body()).rejects.toMatchObject({ code: 'unreachable', message });
    await expect(git()).rejects.toMatchObject({ code: 'unreachable', message });
  });

  it('does so with its CA, as PEM or in base64, or when verification is skipped on purpose', async () => {
    const base64 = Buffer.from(own.cert).toString('base64');
    expect(await body({ 'ca.crt': own.cert })).toBe('unknown');
    expect(await body({ 'ca.crt': base64 })).toBe('unknown');
    expect(await body(undefined, true)).toBe('unknown');
    // git gets through the handshake too: it is told that there is nothing.
    await expect(git({ 'ca.crt': base64 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(git(undefined, true)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('shows the client certificate', async () => {
    const credentials = { 'ca.crt': own.cert, 'tls.crt': client.cert, 'tls.key': client.key };
    expect(await body(credentials)).toBe('known');
    await expect(git(credentials)).rejects.toMatchObject({ code: 'not-found' });
    // The files that git was given are gone.
    expect(readdirSync(join(folder.path, 'cache')).sort()).toEqual(['home', 'mirrors']);
  });

  it('does not follow a redirect out of TLS', async () => {
    const repository = access({ url: `${url}down`, credentials: { 'ca.crt': own.cert } });
    await expect(sources.fetch({ type: 'http', repository })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('from https to http'),
    });
  });

  it('says which part cannot be used', async () => {
    const message = expect.stringContaining('tls.crt and tls.key');
    await expect(body({ 'tls.crt': client.cert })).rejects.toMatchObject({
      code: 'invalid',
      message,
    });
    await expect(body({ 'ca.crt': 'AAAA' })).rejects.toMatchObject({ code: 'invalid' });
    const broken = { 'tls.crt': '-----BEGIN CERTIFICATE-----\nAAAA', 'tls.key': client.key };
    await expect(body(broken, true)).rejects.toMatchObject({ code: 'invalid', retryable: false });
  });
});
