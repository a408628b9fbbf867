import { readFileSync } from 'node:fs';

/** Kilobytes, of a process's /proc/<pid>/status: the most memory that it ever had resident. */
export function peakIn(status: string): number | undefined {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}

/**
 * The most memory that a process had resident since it began, in megabytes (2^20 bytes). The kernel keeps it, so that
 * nothing between two looks is missed. Undefined where it does not say, and when the process is gone.
 */
export function peakMegabytes(pid: number): number | undefined {
  return megabytes(pid, peakIn);
}

function megabytes(pid: number, read: (status: string) => number | undefined): number | undefined {
  try {
    const kilobytes = read(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return kilobytes === undefined ? undefined : kilobytes / 1_024;
  } catch {
    return undefined;
  }
}

/** Kilobytes, of a process's /proc/<pid>/status: the memory that it has resident. */
export function residentIn(status: string): number | undefined {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}

/** The memory that a process has resident now, in megabytes; undefined where the kernel does not say it. */
export function residentMegabytes(pid: number): number | undefined {
  return megabytes(pid, residentIn);
}
