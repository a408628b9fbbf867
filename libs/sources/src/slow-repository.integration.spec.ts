import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpRequest } from './source.js';
import { createSources } from './sources.js';

const LANES = 16;

describe('a repository that never answers', () => {
  let server: Server;
  const silent: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith('/silent')) silent.push(request.url);
      else response.end('content');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const request = (name: string, suffix: string): HttpRequest => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/${name}`;
    return { type: 'http', repository: { org: 'o', uid: name, name, type: 'http', url }, suffix };
  };

  /** As a service does: so many lanes, each with one piece of work after the other. */
  async function work(
    requests: readonly HttpRequest[],
    fetch: (one: HttpRequest) => Promise<void>,
  ) {
    const queue = [...requests];
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await fetch(next);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  it.each([10, 40])('with %i fleets does not hold up another one', async (fleets) => {
    silent.length = 0;
    const controller = new AbortController();
    const sources = createSources({
      cacheFolder: '/nonexistent',
      allowedNetworks: ['127.0.0.1/32'],
      limits: { httpTime: 20_000 },
    });
    const outcomes: string[] = [];
    const fast = Promise.withResolvers<void>();
    const fetch = async (one: HttpRequest) => {
      const { name } = one.repository;
      const outcome = await sources.fetch(one, controller.signal).then(
        ({ files }) => String(files[0]?.content),
        ({ code, message }: { code?: string; message: string }) => code ?? message,
      );
      outcomes.push(`${name} ${outcome}`);
      if (name === 'fast') fast.resolve();
    };
    const hanging = Array.from({ length: fleets }, (_, fleet) => request('silent', `${fleet}`));
    const running = work([...hanging, request('fast', 'file')], fetch);
    await fast.promise;
    // Those that hang have not run into their time-out by then, and were not asked more often than agreed.
    expect(outcomes).not.toContain('silent timed-out');
    expect(outcomes).toContain('fast content');
    expect(silent).toHaveLength(2);
    controller.abort(new Error('stopped'));
    await running;
    const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
    expect(count('silent busy') + count('silent stopped')).toBe(fleets);
    expect(count('silent stopped')).toBeGreaterThanOrEqual(2);
  });
});
