import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { HealthServer, Lifecycle } from '@skein/service';
import { jsonClient } from '@skein/testing';
import { DoorScene } from '../test/door-scene.js';

const door = new DoorScene({ migratedDatabase, jsonClient, environment: process.env });

beforeAll(() => door.open());
afterAll(() => door.close());

const look = (path: string, method = 'GET') =>
  fetch(`${door.app.get(HealthServer).url}${path}`, { method });

describe('the port of health', () => {
  it('is another one than that of the API, on this machine only', async () => {
    const { url } = door.app.get(HealthServer);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(url).not.toBe(await door.app.getUrl());
  });

  it('shows the figures, which the port of the API does not', async () => {
    const answer = await look('/metrics');
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringContaining('service_name="skein-gateway"'),
    ]);
    expect(await door.client('GET', '/metrics')).toMatchObject({
      code: 404,
      body: { kind: 'Status' },
    });
  });

  it('has the same health as the port of the API, and nothing else', async () => {
    for (const path of ['/health/live', '/health/ready']) {
      const { code, body } = await door.client('GET', path);
      const answer = await look(path);
      expect([answer.status, await answer.json()]).toEqual([code, body]);
    }
    expect((await look('/api/v1/devices')).status).toBe(404);
    expect((await look('/constructor')).status).toBe(404);
    expect((await look('/metrics', 'POST')).status).toBe(404);
  });

  it('says that the gateway stops, and that it lives', async () => {
    door.app.get(Lifecycle).drain();
    const ready = await look('/health/ready');
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', reason: 'starting or stopping' },
    ]);
    expect((await look('/health/live')).status).toBe(200);
    door.app.get(Lifecycle).ready();
  });

  it('is free again after the stop, and a taken one stops the start', async () => {
    const { url } = door.app.get(HealthServer);
    const { port } = new URL(await door.app.getUrl());
    process.env['SKEIN_HEALTH_PORT'] = port;
    process.env['SKEIN_GATEWAY_PORT'] = port;
    await door.app.close();
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
    await expect(door.start()).rejects.toThrow(/EADDRINUSE/);
    process.env['SKEIN_HEALTH_PORT'] = '0';
    process.env['SKEIN_GATEWAY_PORT'] = '0';
    await door.start();
  });
});
