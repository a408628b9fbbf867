import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@skein/testing';
import { ServiceProcess } from './service-process.js';

const program = `
process.on('SIGTERM', () => { console.log('stopping'); process.exit(0); });
console.log(process.env.GREETING);
setInterval(() => {}, 1000);
`;

describe('ServiceProcess', () => {
  let folder: string;
  const lines: string[] = [];
  const deaths: string[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skein-service-'));
    await writeFile(join(folder, 'main.mjs'), program);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is started again when it dies, and ends when asked', async () => {
    const service = new ServiceProcess({
      name: 'example',
      main: join(folder, 'main.mjs'),
      environment: { GREETING: 'hello' },
      logFile: join(folder, 'example.log'),
      onLine: (line) => lines.push(line),
      onDeath: (how) => deaths.push(how),
    });
    service.start();
    await waitFor(() => lines.length === 1, { message: 'the first start' });
    const first = service.pid;
    process.kill(first!, 'SIGKILL');
    await waitFor(() => lines.length === 2, { message: 'the second start' });
    expect([deaths, service.deaths]).toEqual([['SIGKILL'], 1]);
    expect(service.pid).not.toBe(first);
    await service.stop();
    expect([lines.at(-1), service.pid, deaths.length]).toEqual(['stopping', undefined, 1]);
    expect(await readFile(join(folder, 'example.log'), 'utf8')).toBe('hello\nhello\nstopping\n');
  });
});
