import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findNativeRedis } from './native-redis.js';
import { provideNativeRedis } from './provide-native-redis.js';

const environment = { ...process.env };
let folder: string;
let lines: string[];
const log = (line: string): unknown => lines.push(line);

async function program(name: string, script: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-test-'));
  lines = [];
  delete process.env['SKEIN_TEST_REDIS_SERVER'];
});

afterEach(async () => {
  process.env = { ...environment };
  await rm(folder, { recursive: true });
});

describe('findNativeRedis', () => {
  it('takes the configured server, and no other when that one is missing', async () => {
    process.env['SKEIN_TEST_REDIS_SERVER'] = join(folder, 'mine');
    await program('redis-server', 'true');
    process.env['PATH'] = folder;
    expect(() => findNativeRedis()).toThrow(`SKEIN_TEST_REDIS_SERVER is ${join(folder, 'mine')}`);
    const mine = await program('mine', 'true');
    expect(findNativeRedis()).toBe(mine);
  });

  it('takes a server on the PATH', async () => {
    const valkey = await program('valkey-server', 'true');
    process.env['PATH'] = folder;
    expect(findNativeRedis()).toBe(valkey);
    expect(await provideNativeRedis(log)).toBe(valkey);
    expect(lines).toEqual([]);
  });
});

describe('provideNativeRedis where it cannot be provided', () => {
  const ways = ['install' as const];

  it('says what to install when there is no apt-get', async () => {
    process.env['PATH'] = folder;
    expect(await provideNativeRedis(log, { ways })).toBeUndefined();
    expect(lines.at(-2)).toMatch(/has no apt-get/);
    expect(lines.at(-1)).toMatch(/apt-get install redis-server/);
  });

  it('passes on what apt-get says', async () => {
    await program('apt-cache', 'echo "  Candidate: 5:7.0.15"');
    await program('apt-get', 'echo "E: Unable to fetch some archives" >&2; exit 100');
    process.env['PATH'] = folder;
    expect(await provideNativeRedis(log, { ways: ['unpack'], folder: join(folder, 'tools') })).toBe(
      undefined,
    );
    expect(lines.at(-2)).toMatch(/E: Unable to fetch some archives/);
  });

  it('gives up when the network hangs', async () => {
    await program('apt-cache', 'echo "  Candidate: 5:7.0.15"');
    await program('apt-get', '/bin/sleep 300');
    process.env['PATH'] = folder;
    expect(await provideNativeRedis(log, { ways, timeoutMs: 300 })).toBeUndefined();
    expect(lines.at(-2)).toMatch(/took too long/);
  });
});
