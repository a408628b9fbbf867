import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '@skein/testing';
import { choosePort } from './choose-port.js';

describe('choosePort', () => {
  const other = createServer();
  beforeAll(() => once(other.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => void other.close());

  it('takes the wanted port', async () => {
    const port = await freePort();
    expect(await choosePort(port, () => undefined)).toBe(port);
  });

  it('refuses a wanted port that is taken', async () => {
    const { port } = other.address() as AddressInfo;
    await expect(choosePort(port, () => undefined)).rejects.toThrow(`port ${port}`);
  });
});
