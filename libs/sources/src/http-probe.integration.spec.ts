import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Probed } from './probed.js';
import type { HttpRequest } from './source.js';
import { createSources } from './sources.js';

const settings = { cacheFolder: '/nonexistent', allowedNetworks: ['127.0.0.1/32'] };
const sources = createSources(settings);
/** In whole seconds, as the header has it. */
const secondsAgo = (seconds: number) =>
  new Date(Math.floor(Date.now() / 1_000) * 1_000 - seconds * 1_000);

let server: Server;
let content: string;
let etag: string | undefined;
let modified: Date | undefined;
/** Bodies that were sent, and the conditions that came. */
let sent: number;
let asked: (string | undefined)[][];

function isUnchanged(match: string | undefined, since: string | undefined): boolean {
  if (match) return match === etag;
  return since !== undefined && modified !== undefined && modified <= new Date(since);
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { 'if-none-match': match, 'if-modified-since': since } = request.headers;
  asked.push([match, since]);
  if (request.url === '/moved') return void response.writeHead(302, { location: '/file' }).end();
  if (request.url === '/never') return void response.writeHead(304).end();
  if (etag) response.setHeader('etag', etag);
  if (modified) response.setHeader('last-modified', modified.toUTCString());
  if (isUnchanged(match, since)) return void response.writeHead(304).end();
  sent += 1;
  response.end(content);
}

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  [content, etag, modified, sent, asked] = ['one', undefined, undefined, 0, []];
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
function request(suffix: string): HttpRequest {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    type: 'http',
    repository: { org: 'o', uid: 'u', name: 'files', type: 'http', url },
    suffix,
  };
}
const probe = (known?: Probed, suffix = 'file') => sources.probe(request(suffix), known);

describe('a probe of HTTP', () => {
  it('says what a fetch would say', async () => {
    const { revision } = await sources.fetch(request('file'));
    expect(await probe()).toEqual({ revision });
  });

  it('with an ETag gets no body while nothing changes', async () => {
    etag = '"a"';
    const first = await probe();
    expect(first.revision).toBe(digest('one'));
    expect(await probe(first)).toEqual(first);
    expect([sent, asked]).toEqual([
      1,
      [
        [undefined, undefined],
        ['"a"', undefined],
      ],
    ]);
    [content, etag] = ['two', '"b"'];
    const second = await probe(first);
    expect(second.revision).toBe(digest('two'));
    expect(await probe(second)).toEqual(second);
    expect(sent).toBe(2);
  });

  it('sees the same contents under another ETag', async () => {
    etag = '"a"';
    const first = await probe();
    etag = '"b"';
    const second = await probe(first);
    expect(second.revision).toBe(first.revision);
    expect(second.validators).not.toBe(first.validators);
  });

  it('with a time gets no body while nothing changes', async () => {
    modified = secondsAgo(60);
    const first = await probe();
    expect(await probe(first)).toEqual(first);
    expect(sent).toBe(1);
    [content, modified] = ['two', secondsAgo(30)];
    expect((await probe(first)).revision).toBe(digest('two'));
  });

  it('does not trust a time that is as new as the answer', async () => {
    modified = secondsAgo(0);
    const first = await probe();
    expect(first.validators).toBeUndefined();
    content = 'two';
    expect((await probe(first)).revision).toBe(digest('two'));
  });

  it('without either compares bodies', async () => {
    const first = await probe();
    expect(await probe(first)).toEqual(first);
    expect(sent).toBe(2);
    content = 'two';
    expect((await probe(first)).revision).toBe(digest('two'));
  });

  it('takes what one address said to no other', async () => {
    etag = '"a"';
    const first = await probe();
    asked = [];
    await probe(first, 'moved');
    expect(asked).toEqual([
      [undefined, undefined],
      ['"a"', undefined],
    ]);
    asked = [];
    await probe(first, 'other');
    expect(asked).toEqual([[undefined, undefined]]);
  });

  it('believes no server that says "unchanged" without being asked', async () => {
    await expect(probe(undefined, 'never')).rejects.toMatchObject({ code: 'invalid' });
    const known = { revision: 'x', validators: JSON.stringify({ url: 'http://other/' }) };
    await expect(probe(known, 'never')).rejects.toMatchObject({ code: 'invalid' });
  });

  it('holds the limit of bytes, also without a change', async () => {
    const small = createSources({ ...settings, limits: { bytes: 2 } });
    await expect(small.probe(request('file'))).rejects.toMatchObject({ code: 'too-large' });
  });
});
