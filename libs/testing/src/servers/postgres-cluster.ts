import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { PostgresBinaries } from './postgres-binaries.js';
import { ServerError } from './server-error.js';
import { ownFolder, reaches, runAs, temporaryFolder, temporaryRoot } from './server-user.js';
import type { ServerUser } from './server-user.js';

/** The folder of a PostgreSQL server: its data and, beside them, its superuser's password. */
export interface PostgresCluster {
  directory: string;
  data: string;
  password: string;
}

export const superuser = 'postgres';

/** Changes when the way of making a template changes. */
const templateEdition = 1;

const dataIn = (directory: string): string => join(directory, 'data');
const passwordIn = (directory: string): string => join(directory, 'superuser-password');

/** Opens the cluster in the folder, made on first use. */
export async function openCluster(
  binaries: PostgresBinaries,
  user: ServerUser,
  directory: string,
): Promise<PostgresCluster> {
  const data = dataIn(directory);
  if (!existsSync(join(data, 'PG_VERSION'))) await createCluster(binaries, user, directory);
  return { directory, data, password: await readFile(passwordIn(directory), 'utf8') };
}

/** A new cluster in a temporary folder of the root, copied from a template that is made once per machine. */
export async function temporaryCluster(
  binaries: PostgresBinaries,
  user: ServerUser,
  root?: string,
): Promise<PostgresCluster> {
  const template = await templateFor(binaries, user);
  const directory = await temporaryFolder(user, 'skein-postgres', root);
  await runAs(user, 'cp', ['-a', `${template}/.`, directory]);
  return openCluster(binaries, user, directory);
}

/** The folder that was asked for, or one that the server's user can reach, which is named. */
export async function reachableFolder(
  user: ServerUser,
  wanted: string,
  log: (line: string) => void,
): Promise<string> {
  const folder = await ownFolder(user, resolve(wanted));
  if (reaches(user, folder, true)) return folder;
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  const name = `skein-${basename(folder)}-${key}-${process.getuid?.() ?? 0}`;
  const other = join(temporaryRoot(user), name);
  await ownFolder(user, other);
  await assertOwner(user, other);
  log(`PostgreSQL's user cannot reach ${folder}: the data are in ${other}`);
  return other;
}

async function templateFor(binaries: PostgresBinaries, user: ServerUser): Promise<string> {
  const owner = process.getuid?.() ?? 0;
  const name = `skein-postgres-template-${binaries.version}-${owner}-${templateEdition}`;
  const template = join(temporaryRoot(user), name);
  if (!isComplete(template)) {
    const draft = await temporaryFolder(user, name);
    await createCluster(binaries, user, draft);
    // What a cleaner of temporary files has left of an old one is in the way.
    if (!isComplete(template)) await rm(template, { recursive: true, force: true });
    // Whoever is first wins; the others find the same thing in its place.
    await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  }
  await assertOwner(user, template);
  return template;
}

function isComplete(directory: string): boolean {
  const needed = [passwordIn(directory), join(dataIn(directory), 'PG_VERSION')];
  return [...needed, join(dataIn(directory), 'global/pg_control')].every(existsSync);
}

/** Only over loopback, and only with a random password; the folder gets its name when complete. */
async function createCluster(
  binaries: PostgresBinaries,
  user: ServerUser,
  directory: string,
): Promise<void> {
  const draft = `${dataIn(directory)}-${randomBytes(4).toString('hex')}`;
  const file = passwordIn(directory);
  await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user) await chown(file, user.uid, user.gid);
  await runAs(user, binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${superuser}`,
    `--pwfile=${file}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-sync',
    '--no-instructions',
  ]);
  await rename(draft, dataIn(directory));
}

/** A folder which somebody else made under that name in the shared temporary folder is refused. */
async function assertOwner(user: ServerUser, folder: string): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === (user?.uid ?? process.getuid?.())) return;
  const message = `${folder} belongs to somebody else: remove it or set TMPDIR to another folder`;
  throw new ServerError('POSTGRES_START_FAILED', message);
}
