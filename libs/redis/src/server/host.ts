import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the machine or container of a server has; undefined: unknown. */
export interface Host {
  /** `vm.overcommit_memory`: 0, 1 or 2. */
  readonly overcommit?: number | undefined;
  /** Bytes that the server's container may take, or, without a limit, that the machine has. */
  readonly memory?: { readonly bytes: number; readonly of: 'container' | 'machine' } | undefined;
}

/** Limits above are none: version 1 says so with the largest number that it knows. */
const NO_LIMIT = 2 ** 60;
const loopback = /^(127\.|::1$|localhost$)/;
const named = /redis|valkey/;

async function textIn(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** The smallest limit of a control group and those that it stands in. */
async function limitOf(base: string, group: string, file: string): Promise<number> {
  const own = Number((await textIn(join(base, group, file))) ?? NaN);
  const limit = Number.isNaN(own) || own >= NO_LIMIT ? Infinity : own;
  if (group === '/' || group === '.') return limit;
  return Math.min(limit, await limitOf(base, dirname(group), file));
}

async function limitIn(groups: string, root: string): Promise<number> {
  const [, first] = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(groups) ?? [];
  const base = join(root, 'sys/fs/cgroup');
  if (first !== undefined) return limitOf(join(base, 'memory'), first, 'memory.limit_in_bytes');
  const [, second] = /^0::(.*)$/m.exec(groups) ?? [];
  return second === undefined ? Infinity : limitOf(base, second, 'memory.max');
}

async function memoryOf(pid: string, root: string): Promise<Host['memory']> {
  const groups = await textIn(join(root, 'proc', pid, 'cgroup'));
  const limit = await limitIn(groups ?? '', root);
  const [, kib] =
    /^MemTotal:\s+(\d+) kB/m.exec((await textIn(join(root, 'proc/meminfo'))) ?? '') ?? [];
  const total = kib === undefined ? Infinity : Number(kib) * 1_024;
  if (Math.min(limit, total) === Infinity) return undefined;
  return limit < total ? { bytes: limit, of: 'container' } : { bytes: total, of: 'machine' };
}

/**
 * Looks at the machine of a server, if that is this one and its process can be seen: in another container
 * or on another machine nothing is known.
 * @param pid as INFO says it
 * @param root where `/proc` and `/sys` stand
 */
export async function hostOf(address: string, pid: string | undefined, root = '/'): Promise<Host> {
  if (!loopback.test(address) || !/^\d+$/.test(pid ?? '')) return {};
  const name = await textIn(join(root, 'proc', pid!, 'comm'));
  if (!named.test(name ?? '')) return {};
  const overcommit = await textIn(join(root, 'proc/sys/vm/overcommit_memory'));
  return {
    overcommit: overcommit === undefined ? undefined : Number(overcommit),
    memory: await memoryOf(pid!, root),
  };
}
