import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { HealthServer, stopService } from '@skein/service';
import { jsonClient, openTransaction, untilLockIsWaitedFor, waitFor } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';
import { device } from '../test/manifests.js';
import { WatchClient } from '../test/watch-client.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

const DRAIN_MS = 2_000;
/** How long a load balancer goes on after it could have seen that the gateway is not ready. */
const LATE_MS = 800;

beforeAll(() => door.open());
let isOpen = true;
beforeEach(async () => {
  if (!isOpen) await door.start();
  isOpen = true;
  await door.call('PUT', '/devices/one', device('one'));
});
afterAll(() => door.close());

const stop = async () => {
  isOpen = false;
  await stopService(door.app, DRAIN_MS);
};

/** A client that keeps its connections, and asks again and again until it is told to stop. */
function client(url: string, signal: AbortSignal) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: unknown[] = [];
  let led = 0;
  const ask = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { agent }, resolve).once('error', reject);
    });
  const once = async () => {
    const answer = await ask();
    await text(answer);
    if (answer.headers.connection === 'close') led += 1;
    return answer.statusCode;
  };
  const run = async () => {
    while (!signal.aborted) answers.push(await once().catch((error: Error) => error.message));
    agent.destroy();
    return { answers, led };
  };
  return run();
}

describe('a gateway that is asked to stop', () => {
  it('answers all who come until the load balancer has seen it, and leads them elsewhere', async () => {
    const ending = new AbortController();
    const url = `${await door.app.getUrl()}/api/v1/devices/one`;
    const clients = Array.from({ length: 6 }, () => client(url, ending.signal));
    await sleep(300);
    const stopped = stop();
    const { url: health } = door.app.get(HealthServer);
    expect((await fetch(`${health}/health/ready`)).status).toBe(503);
    expect((await fetch(`${health}/health/live`)).status).toBe(200);
    await sleep(LATE_MS);
    ending.abort();
    const all = await Promise.all(clients);
    await stopped;
    expect(new Set(all.flatMap(({ answers }) => answers))).toEqual(new Set([200]));
    for (const { led } of all) expect(led).toBeGreaterThan(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('answers who has connected and was not let in yet', async () => {
    isOpen = false;
    const url = `${await door.app.getUrl()}/api/v1/devices/one`;
    const ask = () =>
      new Promise((resolve, reject) => {
        get(url, { agent: false }, ({ statusCode }) => resolve(statusCode)).once('error', reject);
      });
    const asked = Promise.allSettled(Array.from({ length: 100 }, ask));
    await stopService(door.app);
    const answers = (await asked).map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
    );
    expect(answers).toEqual(Array(100).fill(200));
  });

  it('finishes what is in flight, says good-bye to watches, and answers who waits for a document', async () => {
    const base = `${await door.app.getUrl()}/api/v1`;
    const holder = await openTransaction(door.database.adminUrl);
    const polling = door.call('GET', '/devices/one/rendered');
    const watching = await new WatchClient().open(`${base}/devices?watch=true`, {});
    await sleep(500);
    await holder.query('lock table gateway.devices');
    const reading = door.call('GET', '/devices/one');
    await untilLockIsWaitedFor(door.postgres);
    const stopped = stop();
    await sleep(DRAIN_MS + 500);
    await holder.rollback();
    expect((await reading).code).toBe(200);
    expect((await polling).code).toBe(204);
    await waitFor(() => watching.sent.some(({ type }) => type === 'ERROR'));
    expect(watching.sent.at(-1)!.object).toMatchObject({ kind: 'Status', code: 503 });
    await stopped;
  });
});
