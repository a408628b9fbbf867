import { readFileSync } from 'node:fs';

/** What a process needs beside the connections of devices. */
const OTHERS = 300;

/** Of /proc/self/limits: how many files a process may have open at the most. */
export function openFilesIn(limits: string): number {
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

/** How many devices can wait at one process; Node takes the hard limit of open files by itself. */
export function mostConnections(limits = readFileSync('/proc/self/limits', 'utf8')): number {
  return openFilesIn(limits) - OTHERS;
}
