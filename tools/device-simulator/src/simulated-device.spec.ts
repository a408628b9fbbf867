import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SimulatedDevice } from './simulated-device.js';

interface Call {
  readonly line: string;
  readonly body: string;
}

/** Answers in order, the last one never. */
type Answer = { status: number; body?: object } | undefined;

const rendered = (version: string) => ({
  metadata: { annotations: { 'device-controller/renderedVersion': version } },
  spec: { config: [] },
});

describe('SimulatedDevice', () => {
  let server: Server;
  let answers: Answer[];
  let calls: Call[];
  let ending: AbortController;
  beforeEach(async () => {
    calls = [];
    ending = new AbortController();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        calls.push({ line: `${request.method} ${request.url}`, body });
        const answer = answers.shift();
        if (!answer) return ending.abort();
        const content = answer.body ? JSON.stringify(answer.body) : undefined;
        response.writeHead(answer.status).end(content);
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(async () => {
    // Also a test of its own: a connection that the device has left open would hold this up.
    server.close();
    if (server.listening) await once(server, 'close');
  });

  function device(): SimulatedDevice {
    const { port } = server.address() as AddressInfo;
    return new SimulatedDevice({ name: 'edge-1', baseUrl: `http://127.0.0.1:${port}` });
  }

  it('fetches, reports what it runs, and asks for what is newer', async () => {
    answers = [
      { status: 200, body: rendered('1') },
      { status: 200, body: {} },
      { status: 204 },
      { status: 200, body: rendered('2') },
      { status: 200, body: {} },
    ];
    const one = device();
    await one.run(ending.signal);
    const path = '/api/v1/devices/edge-1';
    expect(calls.map(({ line }) => line)).toEqual([
      `GET ${path}/rendered`,
      `PUT ${path}/status`,
      `GET ${path}/rendered?knownRenderedVersion=1`,
      `GET ${path}/rendered?knownRenderedVersion=1`,
      `PUT ${path}/status`,
      `GET ${path}/rendered?knownRenderedVersion=2`,
    ]);
    expect(JSON.parse(calls[4]!.body)).toMatchObject({
      status: { config: { renderedVersion: '2' }, updated: { status: 'UpToDate' } },
    });
    expect([one.renderedVersion, one.rendered]).toEqual(['2', rendered('2')]);
  });

  it('tries again after failures, and reports before it takes a version for known', async () => {
    answers = [
      { status: 503 },
      { status: 200, body: rendered('1') },
      { status: 500 },
      { status: 200, body: rendered('1') },
      { status: 200, body: {} },
    ];
    const one = device();
    await one.run(ending.signal);
    const queries = calls.map(({ line }) => line.replace(/.*edge-1/, ''));
    expect(queries).toEqual([
      '/rendered',
      '/rendered',
      '/status',
      '/rendered',
      '/status',
      '/rendered?knownRenderedVersion=1',
    ]);
    expect(one.trouble).toBeUndefined();
  });
});
