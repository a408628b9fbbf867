import { readlinkSync } from 'node:fs';
import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../wait-for.js';
import { isAlive } from './is-alive.js';
import { ServerError } from './server-error.js';

/**
 * Removes the process id file of a dead server. One that is alive gets some time to end: the guard
 * of a killed `npm start` may be stopping it just now.
 * @throws ServerError DIRECTORY_IN_USE when it stays
 */
export async function releaseDirectory(directory: string, file: string): Promise<void> {
  const pid = await pidIn(join(directory, file));
  if (pid === undefined) return;
  const real = await realpath(directory);
  try {
    await waitFor(() => !serves(pid, real), { timeoutMs: 5_000, message: `the end of ${pid}` });
  } catch {
    const message = `A server (process ${pid}) is already running in ${directory}: stop it first`;
    throw new ServerError('DIRECTORY_IN_USE', message, true);
  }
  await rm(join(directory, file), { force: true });
}

async function pidIn(file: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

/** Process ids are used again, so a live one counts only if it works in that folder. */
function serves(pid: number, directory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch (error) {
    // Where /proc is missing, only the id can be judged; a process that we may not look into is
    // another user's and cannot serve a folder of ours.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && isAlive(pid);
  }
}
