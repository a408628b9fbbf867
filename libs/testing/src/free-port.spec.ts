import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort } from './free-port.js';

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('freePort', () => {
  it('is a port that can be listened on', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  });

  it('is none that systems give to outgoing connections', async () => {
    const ports = await Promise.all(Array.from({ length: 100 }, freePort));
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  onLinux('is given once', async () => {
    const ports = await Promise.all(Array.from({ length: 1_000 }, freePort));
    expect(new Set(ports).size).toBe(ports.length);
  });
});
