import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Random } from '../random.js';
import { calm, Proxy } from './proxy.js';

describe('Proxy', () => {
  let echo: Server;
  let proxy: Proxy;
  let client: Socket;
  beforeEach(async () => {
    echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    const { port } = echo.address() as AddressInfo;
    proxy = await Proxy.open(`redis://127.0.0.1:${port}`, new Random(1));
    client = connect({
      host: '127.0.0.1',
      port: Number(new URL(proxy.through('redis://x:1')).port),
    });
    await once(client, 'connect');
  });
  afterEach(() => {
    client.destroy();
    proxy.close();
    echo.close();
  });

  async function answerTo(text: string): Promise<string> {
    client.write(text);
    let got = '';
    while (got.length < text.length) got += String((await once(client, 'data'))[0]);
    return got;
  }

  it('carries everything, also slowly', async () => {
    expect(await answerTo('one')).toBe('one');
    proxy.weather = { delayMs: [1, 3], bytesPerSecond: 1_000_000 };
    const long = 'x'.repeat(100_000);
    expect(await answerTo(long)).toBe(long);
    expect([proxy.accepted, proxy.cuts]).toEqual([1, 0]);
  });

  it('carries nothing while it is stalled, and all of it afterwards', async () => {
    proxy.stalled = true;
    client.write('one');
    for (let turns = 0; turns < 100; turns += 1) await turn();
    expect(client.bytesRead).toBe(0);
    proxy.stalled = false;
    expect(String((await once(client, 'data'))[0])).toBe('one');
  });

  it('cuts connections in the middle of what they carry', async () => {
    await answerTo('one');
    const closed = once(client, 'close');
    client.on('error', () => undefined);
    proxy.weather = { ...calm, delayMs: [5, 5] };
    client.write('12345678');
    await proxy.cut(1);
    await closed;
    expect([proxy.cuts, proxy.cutsInTheMiddle]).toEqual([1, 1]);
    expect(client.bytesRead).toBeLessThan('one'.length + '12345678'.length);
  });

  it('cuts connections that carry nothing', async () => {
    const failed = once(client, 'error');
    await proxy.cut(1);
    expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect([proxy.cuts, proxy.cutsInTheMiddle]).toEqual([1, 0]);
  });
});
