import { execFile, spawnSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const nobody = 65_534;
const memoryFolder = '/dev/shm';
/** Bytes. The servers of the tests that run at the same time hold less than a tenth of it. */
const enoughMemory = 4 * 1024 ** 3;

/** The user that a server runs as; undefined: the user of this process. */
export type ServerUser = { uid: number; gid: number } | undefined;

/** PostgreSQL refuses to run as root, so root hands it to the user nobody. */
export function postgresUser(): ServerUser {
  return process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined;
}

/** Runs a command as that user and resolves with its standard output. */
export async function runAs(user: ServerUser, command: string, args: string[]): Promise<string> {
  const options = { ...user, cwd: '/', timeout: 60_000, env: { PATH: process.env['PATH'] } };
  return (await execute(command, args, options)).stdout;
}

/** Whether the user can enter that folder, and write into it when asked. */
export function reaches(user: ServerUser, folder: string, write: boolean): boolean {
  const test = write ? 'cd "$1" && [ -w . ]' : 'cd "$1" && [ -r . ]';
  const options = { ...user, cwd: '/', stdio: 'ignore' as const };
  return spawnSync('sh', ['-c', test, 'sh', folder], options).status === 0;
}

/** Creates the folder if it is missing and gives it to the user, readable by nobody else. */
export async function ownFolder(user: ServerUser, folder: string): Promise<string> {
  // The way there stays open: a mode given to a recursive call closes every folder that it makes.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

/** The machine's folder for temporary files, as far as the user can reach it. */
export function temporaryRoot(user: ServerUser): string {
  return reaches(user, tmpdir(), true) ? tmpdir() : '/tmp';
}

/** The folder that Linux keeps in memory, when much is free there; else the one for temporary files. */
export async function memoryRoot(user: ServerUser): Promise<string> {
  const { bavail, bsize } = await statfs(memoryFolder).catch(() => ({ bavail: 0, bsize: 0 }));
  const isUsable = bavail * bsize >= enoughMemory && reaches(user, memoryFolder, true);
  return isUsable ? memoryFolder : temporaryRoot(user);
}

/** A new empty temporary folder that belongs to the user. */
export async function temporaryFolder(
  user: ServerUser,
  name: string,
  root = temporaryRoot(user),
): Promise<string> {
  return ownFolder(user, await mkdtemp(join(root, `${name}-`)));
}
