import { readFileSync } from 'node:fs';

/**
 * Whether a process of that id runs, also when it belongs to somebody else. One that has ended does
 * not, though its parent has not looked yet: with an orphan that may take seconds.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
