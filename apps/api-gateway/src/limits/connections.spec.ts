import { createServer } from 'node:net';
import { getHeapStatistics } from 'node:v8';
import { expect, it } from '@jest/globals';
import type { Logger } from '@skein/telemetry';
import { limitConnections, roomForConnections } from './connections.js';

const MEGABYTE = 1_024 * 1_024;

it('there are no more connections than the heap has room for', () => {
  expect(roomForConnections(268 * MEGABYTE)).toBeGreaterThan(15_000);
  expect(roomForConnections(216 * MEGABYTE)).toBeLessThan(12_000);
  expect(roomForConnections(MEGABYTE)).toBe(1);
});

it('a setting beyond that is cut, and said; one within is taken', () => {
  const room = roomForConnections(getHeapStatistics().heap_size_limit);
  const said: string[] = [];
  const logger = { info: (_fields: object, text: string) => said.push(text) } as unknown as Logger;
  const server = createServer();
  limitConnections(server, room - 1, logger);
  expect([server.maxConnections, said.length]).toEqual([room - 1, 0]);
  limitConnections(server, room + 1, logger);
  expect(server.maxConnections).toBe(room);
  expect(said).toEqual([expect.stringContaining('--max-old-space-size')]);
});
