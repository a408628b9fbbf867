import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { examplesFolder } from '../workspace.js';
import { FileServer } from './file-server.js';

describe('FileServer', () => {
  let server: FileServer;
  beforeAll(async () => {
    server = await FileServer.start(join(examplesFolder, 'http'));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('serves a file', async () => {
    const response = await fetch(`${server.url}/peers.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json',
    ]);
    expect(await response.json()).toMatchObject({ lyon: expect.any(Array) });
  });

  it.each(['/nowhere.json', '/%2e%2e/fleet.yaml', '/..%2ffleet.yaml', '/', '/%'])(
    'has no %s',
    async (path) => {
      expect((await fetch(server.url + path)).status).toBe(404);
    },
  );
});
