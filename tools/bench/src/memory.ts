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
  try {
    const kilobytes = peakIn(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return kilobytes === undefined ? undefined : kilobytes / 1_024;
  } catch {
    return undefined;
  }
}
