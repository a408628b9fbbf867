import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { HealthServer } from '@skein/service';
import { jsonClient, openTransaction, waitFor } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';

const door = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

const CONNECTIONS = 2;
const WAITING = 40;
const HERD = 300;

beforeAll(async () => {
  await door.openWith({
    SKEIN_DATABASE_POOL_SIZE: String(CONNECTIONS),
    SKEIN_DATABASE_WAITING: String(WAITING),
    SKEIN_LONG_POLL_MS: '1',
  });
  await door.call('PUT', '/devices/one', device('one'));
});
afterAll(() => door.close());

const read = () => door.call('GET', '/devices/one');
const herd = (size: number) => Array.from({ length: size }, read);
/** Nobody reads devices until it is rolled back. */
async function held() {
  const transaction = await openTransaction(door.database.adminUrl);
  await transaction.query('lock table gateway.devices');
  return transaction;
}

describe('more requests than PostgreSQL serves', () => {
  it('wait while there is room, and are refused with a time to come again, each another one', async () => {
    const holder = await held();
    let answered = 0;
    const answers = herd(HERD).map((one) => one.finally(() => (answered += 1)));
    // All came: whoever is not answered waits.
    await waitFor(() => answered >= HERD - CONNECTIONS - WAITING, { timeoutMs: 9_000 });
    const { url } = door.app.get(HealthServer);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await door.rpc('DeviceService/GetDevice', { name: 'one' })).toMatchObject({
      code: 'UNAVAILABLE',
      details: { RetryInfo: { retryDelay: { seconds: expect.any(Number) } } },
    });
    const figures = await (await fetch(`${url}/metrics`)).text();
    expect(figures).toMatch(/^skein_requests_refused_total\S* [1-9]/m);
    expect(figures).toMatch(/^skein_database_waiting\S* [1-9]/m);
    await holder.rollback();

    const all = await Promise.all(answers);
    const served = all.filter(({ code }) => code === 200);
    const refused = all.filter(({ code }) => code === 503);
    expect(served.length + refused.length).toBe(HERD);
    expect(served.length).toBeGreaterThanOrEqual(WAITING / 2);
    expect(served.length).toBeLessThanOrEqual(CONNECTIONS + WAITING);
    const times = new Set(refused.map(({ headers }) => Number(headers['retry-after'])));
    expect(times.size).toBeGreaterThan(3);
    expect(Math.max(...times)).toBeLessThanOrEqual(10);
    expect(refused[0]!.body).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
    expect((await read()).code).toBe(200);
  });

  it('leave the gateway ready, which is not at fault', async () => {
    const holder = await held();
    const answers = herd(HERD);
    await waitFor(async () => (await read()).code === 503);
    const { url } = door.app.get(HealthServer);
    const ready = fetch(`${url}/health/ready`);
    await holder.rollback();
    expect((await ready).status).toBe(200);
    await Promise.all(answers);
  });

  it('are all served when they come again', async () => {
    const devices = async () => {
      for (;;) {
        const { code } = await door.call('GET', '/devices/one/rendered');
        if (code !== 503) return code;
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200));
      }
    };
    const codes = await Promise.all(Array.from({ length: HERD }, devices));
    expect(new Set(codes)).toEqual(new Set([204]));
  });
});
