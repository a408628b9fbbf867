import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SourceSettings } from './settings.js';
import type { HttpRequest, RepositoryAccess } from './source.js';
import { createSources } from './sources.js';

const settings: SourceSettings = { cacheFolder: '/nonexistent', allowedNetworks: ['127.0.0.1/32'] };
const sources = createSources(settings);
const seen: { url: string; authorization?: string }[] = [];

let main: Server;
let elsewhere: Server;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const redirect =
  (to: () => string): Handler =>
  (_request, response) =>
    void response.writeHead(302, { location: to() }).end();

const ROUTES: Record<string, Handler> = {
  '/file': (_request, response) => void response.end('content'),
  '/who': (request, response) => void response.end(request.headers.authorization ?? 'nobody'),
  '/large': (_request, response) => void response.end(Buffer.alloc(2_000)),
  '/endless': (_request, response) => {
    const more = () => void response.write(Buffer.alloc(65_536), (error) => error ?? more());
    more();
  },
  '/silent': () => undefined,
  '/zipped': (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('half', () => response.destroy());
  },
  '/here': redirect(() => '/who'),
  '/there': redirect(() => `${urlOf(elsewhere)}/who`),
  '/there-and-back': redirect(() => `${urlOf(elsewhere)}/back`),
  '/back': redirect(() => `${urlOf(main)}/who`),
  '/other-name': redirect(() => `http://b.invalid:${new URL(urlOf(main)).port}/who`),
  '/loop': redirect(() => '/loop'),
  '/metadata': redirect(() => 'http://169.254.169.254/latest/meta-data/'),
  '/rebound': redirect(() => 'http://2852039166/'),
  '/local-file': redirect(() => 'file:///etc/passwd'),
  '/with-password': redirect(() => 'http://user:secret@127.0.0.1/'),
  '/nowhere': (_request, response) => void response.writeHead(302).end(),
};

const handle: Handler = (request, response) => {
  const url = request.url ?? '';
  seen.push({ url, authorization: request.headers.authorization });
  const [, status] = /^\/status\/(\d+)$/.exec(url) ?? [];
  const route =
    ROUTES[url] ?? ((_request, answer) => void answer.writeHead(Number(status ?? 404)).end());
  route(request, response);
};

const listen = async () => {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const close = (server: Server) => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
};
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  [main, elsewhere] = await Promise.all([listen(), listen()]);
});
afterAll(() => Promise.all([main, elsewhere].map(close)));

function request(suffix: string, access: Partial<RepositoryAccess> = {}): HttpRequest {
  return {
    type: 'http',
    repository: {
      org: 'org',
      uid: 'uid',
      name: 'files',
      type: 'http',
      url: urlOf(main),
      ...access,
    },
    suffix,
  };
}
const body = async (suffix: string, access?: Partial<RepositoryAccess>) =>
  (await sources.fetch(request(suffix, access))).files[0]?.content.toString();

const credentials = { username: 'user', password: 'secret' };
const basic = `Basic ${Buffer.from('user:secret').toString('base64')}`;

describe('HTTP', () => {
  it('gives the body, with its digest as revision', async () => {
    const digest = createHash('sha256').update('content').digest('hex');
    expect(await sources.fetch(request('file'))).toEqual({
      revision: `sha256:${digest}`,
      files: [{ path: 'body', mode: 0o644, content: Buffer.from('content') }],
    });
  });

  it('sends user and password, or a token', async () => {
    expect(await body('who')).toBe('nobody');
    expect(await body('who', { credentials })).toBe(basic);
    expect(await body('who', { credentials: { ...credentials, token: 'abc' } })).toBe('Bearer abc');
    const broken = { token: 'a\r\nHost: b' };
    await expect(body('who', { credentials: broken })).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([
    [401, 'denied', false],
    [403, 'denied', false],
    [404, 'not-found', false],
    [410, 'not-found', false],
    [400, 'invalid', false],
    [429, 'unreachable', true],
    [500, 'unreachable', true],
    [503, 'unreachable', true],
  ])('tells status %i as %s', async (status, code, retryable) => {
    const message = expect.stringMatching(`^Repository "files": the server answered ${status}`);
    await expect(body(`status/${status}`)).rejects.toMatchObject({ code, retryable, message });
  });

  it('joins the same requests at the same time', async () => {
    seen.length = 0;
    await Promise.all([body('file'), body('file'), body('file')]);
    expect(seen).toHaveLength(1);
  });

  it.each(['large', 'endless'])('ends at the limit of size: %s', async (suffix) => {
    const limited = createSources({ ...settings, limits: { bytes: 1_000 } });
    await expect(limited.fetch(request(suffix))).rejects.toMatchObject({ code: 'too-large' });
  });

  it('ends at the limit of time', async () => {
    const limited = createSources({ ...settings, limits: { httpTime: 100 } });
    await expect(limited.fetch(request('silent'))).rejects.toMatchObject({
      code: 'timed-out',
      retryable: true,
    });
  });

  it.each([
    ['cut', 'unreachable'],
    ['zipped', 'invalid'],
  ])('does not take a body that is %s', async (suffix, code) => {
    await expect(body(suffix)).rejects.toMatchObject({ code });
  });

  it('says which server does not answer', async () => {
    const gone = await listen();
    const url = urlOf(gone);
    await close(gone);
    const message = expect.stringContaining(`no answer from ${new URL(url).host} (ECONNREFUSED)`);
    await expect(body('', { url })).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
      message,
    });
  });
});

describe('redirects', () => {
  it('are followed; credentials stay with their own server', async () => {
    expect(await body('here', { credentials })).toBe(basic);
    expect(await body('there', { credentials })).toBe('nobody');
    expect(await body('there-and-back', { credentials })).toBe('nobody');
    // The same machine and port, but another name.
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const named = createSources({ ...settings, resolve });
    const url = `http://a.invalid:${new URL(urlOf(main)).port}`;
    const who = async (suffix: string) =>
      (await named.fetch(request(suffix, { url, credentials }))).files[0]?.content.toString();
    expect([await who('who'), await who('other-name')]).toEqual([basic, 'nobody']);
  });

  it.each([
    ['loop', 'refused'],
    ['metadata', 'refused'],
    ['rebound', 'refused'],
    ['local-file', 'refused'],
    ['with-password', 'refused'],
    ['nowhere', 'invalid'],
  ])('to a bad place are not: %s', async (suffix, code) => {
    await expect(body(suffix, { credentials })).rejects.toMatchObject({ code, retryable: false });
  });
});

describe('the guard', () => {
  it('refuses what is not public', async () => {
    const guarded = createSources({ ...settings, allowedNetworks: [] });
    seen.length = 0;
    const { port } = new URL(urlOf(main));
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
      const fetched = guarded.fetch(request('file', { url: `http://${host}:${port}` }));
      await expect(fetched).rejects.toMatchObject({ code: 'refused', retryable: false });
    }
    expect(seen).toEqual([]);
  });

  it('connects to the address that it checked, whatever the name resolves to by then', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    let lookUps = 0;
    const resolve = async () => [{ address: answers[lookUps++] ?? '', family: 4 }];
    const rebinding = createSources({ ...settings, resolve });
    const url = `http://files.invalid:${new URL(urlOf(main)).port}`;
    const { files } = await rebinding.fetch(request('file', { url }));
    expect(files[0]?.content.toString()).toBe('content');
    expect(lookUps).toBe(1);
    await expect(rebinding.fetch(request('file', { url }))).rejects.toMatchObject({
      code: 'refused',
    });
  });
});
