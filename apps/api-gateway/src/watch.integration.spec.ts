import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient, waitFor } from '@skein/testing';
import { device } from '../test/manifests.js';
import { WatchScene } from '../test/watch-scene.js';

const scene = new WatchScene({ migratedDatabase, jsonClient, environment: process.env });
const { call, watch, position } = scene;

beforeAll(() => scene.open());
afterEach(() => scene.hangUp());
afterAll(() => scene.close());

const put = (name: string, labels: Record<string, string> = {}) =>
  call('PUT', `/devices/${name}`, { ...device(name), metadata: { name, labels } });

describe('a watch', () => {
  it('tells what changes after the position of a list', async () => {
    await put('old');
    await scene.number();
    const client = await watch('devices', { resourceVersion: await position('devices') });
    expect(client.code).toBe(200);
    expect(client.headers.get('content-type')).toBe('text/event-stream');
    await put('new');
    await put('old', { site: 'lyon' });
    await call('DELETE', '/devices/new');
    await scene.number();
    await waitFor(() => client.told.includes('MODIFIED old'), { message: 'the change' });
    await waitFor(() => !client.known.has('new'));
    expect(client.known.get('old')).toEqual((await call('GET', '/devices/old')).body);
  });
});
