import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { hostOf } from './host.js';

const folder = mkdtempSync(join(tmpdir(), 'skein-host-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

/** A machine with these files. */
function machine(files: Record<string, string>): string {
  const root = join(folder, String((made += 1)));
  const all = { 'proc/7/comm': 'redis-server\n', 'proc/meminfo': 'MemTotal:  4096 kB\n', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

const memoryOn = async (files: Record<string, string>) =>
  (await hostOf('127.0.0.1', '7', machine(files))).memory;

describe('the memory of a server on this machine', () => {
  it('is the smallest limit of its control groups', async () => {
    const memory = await memoryOn({
      'proc/7/cgroup': '0::/slice/pod/one\n',
      'sys/fs/cgroup/slice/pod/one/memory.max': 'max\n',
      'sys/fs/cgroup/slice/pod/memory.max': '1000000\n',
      'sys/fs/cgroup/slice/memory.max': '2000000\n',
    });
    expect(memory).toEqual({ bytes: 1_000_000, of: 'container' });
  });

  it('is the limit of version 1 where that is used', async () => {
    const memory = await memoryOn({
      'proc/7/cgroup': '4:cpu,memory:/one\n0::/\n',
      'sys/fs/cgroup/memory/one/memory.limit_in_bytes': '500000\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(memory).toEqual({ bytes: 500_000, of: 'container' });
  });

  it('is that of the machine without a limit, or with a larger one', async () => {
    const machineMemory = { bytes: 4_194_304, of: 'machine' };
    const cgroup = { 'proc/7/cgroup': '0::/one\n' };
    expect(await memoryOn(cgroup)).toEqual(machineMemory);
    const files = { ...cgroup, 'sys/fs/cgroup/one/memory.max': '9000000\n' };
    expect(await memoryOn(files)).toEqual(machineMemory);
  });

  it('is unknown when the server is elsewhere, or its process another one', async () => {
    const root = machine({ 'proc/1/comm': 'systemd\n', 'proc/sys/vm/overcommit_memory': '0\n' });
    expect(await hostOf('127.0.0.1', '7', root)).toMatchObject({ overcommit: 0 });
    expect(await hostOf('10.0.0.1', '7', root)).toEqual({});
    expect(await hostOf('127.0.0.1', '1', root)).toEqual({});
    expect(await hostOf('127.0.0.1', '8', root)).toEqual({});
    expect(await hostOf('127.0.0.1', undefined, root)).toEqual({});
  });
});
