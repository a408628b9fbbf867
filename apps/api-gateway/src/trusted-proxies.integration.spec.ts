import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migratedDatabase } from '@skein/migrate';
import { jsonClient } from '@skein/testing';
import { GrpcScene } from '../test/grpc-scene.js';
import { device } from '../test/manifests.js';

const scene = new GrpcScene({ migratedDatabase, jsonClient, environment: process.env });

beforeAll(() => scene.openWith({ SKEIN_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' }));
afterAll(() => scene.close());

it.each([
  ['one proxy', '203.0.113.9', '203.0.113.9'],
  [
    'two proxies, and what the client invented',
    '198.51.100.1, 203.0.113.9, 10.1.2.3',
    '203.0.113.9',
  ],
  ['a proxy that does not know', 'unknown', '127.0.0.1'],
  ['nonsense', ',;"%%,', '127.0.0.1'],
])('behind %s, events say where a request came from, at both doors', async (_way, given, said) => {
  const metadata = { 'x-forwarded-for': given };
  const created = await scene.call('POST', '/devices', device('d'), metadata);
  expect(created.code).toBe(201);
  const deleted = await scene.rpc('DeviceService/DeleteDevice', { name: 'd' }, { metadata });
  expect(deleted.code).toBe('OK');
  const events = await scene.appended();
  expect(events.map(({ sourceaddress }) => sourceaddress)).toEqual([said, said]);
});
