import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { Report } from '../terminal/report.js';
import { Services } from './services.js';

it('says why services are not ready after a long time', async () => {
  // Takes connections and never says a word, which is waited for.
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0);
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const environment = {
    SKEIN_DATABASE_URL: `postgres://skein@127.0.0.1:${port}/skein`,
    SKEIN_STREAM_REDIS_URL: `redis://127.0.0.1:${port}`,
    SKEIN_AUTHENTICATION: 'none',
  };
  const logFolder = await mkdtemp(join(tmpdir(), 'skein-services-'));
  const said: string[] = [];
  const report = new Report({ write: (text: string) => said.push(text) > 0 });
  const ending = new AbortController();
  const services = new Services(
    { logFolder, verbose: false, environmentOf: () => environment },
    report,
  );
  await services.start();
  const ready = services.ready(
    { now: () => undefined, detail: () => undefined },
    ending.signal,
    500,
  );
  ready.catch(() => undefined);
  await waitFor(() => said.join('').includes('repo is not ready after 0.5 s'));
  expect(said.join('')).toContain('it has not said that it is. The end of its log:\n(nothing yet)');
  ending.abort();
  await expect(ready).rejects.toThrow('aborted');
  await services[Symbol.asyncDispose]();
  silent.close();
  await rm(logFolder, { recursive: true });
});
