import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import {
  environmentOf,
  findNativeRedis,
  howToInstallRedis,
  redisToolsFolder,
  unpackedRedis,
} from './native-redis.js';

const execute = promisify(execFile);
const packageName = 'redis-server';
/** Where lists of packages of our own stand meanwhile. */
const listsFolder = 'lists';

export interface ProvideOptions {
  /** Milliseconds for everything together; 120,000 by default. */
  timeoutMs?: number;
  /** The ways to try, in this order; by default root installs, and all others unpack. */
  ways?: ('install' | 'unpack')[];
  /** The folder to unpack into; `.skein/tools/redis` by default. */
  folder?: string;
}

/** Runs one command of the package manager within the time that is left. */
type Run = (command: string, args: string[], cwd?: string) => Promise<string>;

/**
 * A native server for the tests that need one: found, or installed by apt-get as root, or unpacked
 * from the distribution's packages without root. Undefined, with a line in the log that says what
 * to do, when none of these works.
 */
export async function provideNativeRedis(
  log: (line: string) => void,
  options: ProvideOptions = {},
): Promise<string | undefined> {
  const found = options.ways ? undefined : findNativeRedis();
  if (found) return found;
  const { timeoutMs, ways, folder } = { ...defaultOptions(), ...options };
  const run = runUntil(performance.now() + timeoutMs);
  for (const way of ways) {
    try {
      return await (way === 'install' ? install(run, log) : unpack(run, log, folder));
    } catch (error) {
      log(`Redis: could not ${way} the package ${packageName}: ${reasonOf(error)}`);
    }
  }
  log(`Redis: no native server, so the tests that need one are skipped: ${howToInstallRedis}`);
  return undefined;
}

function defaultOptions(): Required<ProvideOptions> {
  const ways = process.getuid?.() === 0 ? (['install', 'unpack'] as const) : (['unpack'] as const);
  return { timeoutMs: 120_000, ways: [...ways], folder: redisToolsFolder() };
}

async function install(run: Run, log: (line: string) => void): Promise<string> {
  log(`Redis: installing the package ${packageName} with apt-get`);
  if (!(await isKnown(run, []))) await run('apt-get', ['update']);
  await run('apt-get', ['install', '-y', '--no-install-recommends', packageName]);
  const found = findNativeRedis();
  if (!found) throw new Error('it brought no redis-server onto the PATH');
  return found;
}

/** Only what this machine lacks is unpacked; the server uses the rest as an installed one would. */
async function unpack(run: Run, log: (line: string) => void, folder: string): Promise<string> {
  log(`Redis: unpacking the package ${packageName} into ${folder}`);
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    const packages = await download(run, draft);
    for (const file of packages) await run('dpkg-deb', ['-x', join(draft, file), draft]);
    const used = [...packages, listsFolder].map((name) => join(draft, name));
    await Promise.all(used.map((path) => rm(path, { recursive: true, force: true })));
    const program = unpackedRedis(draft);
    await execute(program, ['--version'], { env: environmentOf(program) });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return unpackedRedis(folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Downloads the packages into the folder, if need be with lists of packages of our own. */
async function download(run: Run, folder: string): Promise<string[]> {
  const unlocked = ['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User='];
  let settings = unlocked;
  if (!(await isKnown(run, settings))) {
    const lists = join(folder, listsFolder);
    await mkdir(join(lists, 'partial'), { recursive: true });
    settings = [...unlocked, '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${lists}`];
    await run('apt-get', [...settings, 'update']);
  }
  const plan = await run('apt-get', [
    ...settings,
    ...['--simulate', 'install', '--no-install-recommends', packageName],
  ]);
  const names = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
  // An installed package, whose server is not on this PATH, still has to be downloaded itself.
  const wanted = names.length > 0 ? names : [packageName, 'redis-tools'];
  await run('apt-get', [...settings, 'download', ...wanted], folder);
  return (await readdir(folder)).filter((file) => file.endsWith('.deb'));
}

async function isKnown(run: Run, settings: string[]): Promise<boolean> {
  const answer = await run('apt-cache', [...settings, 'policy', packageName]);
  return /Candidate: \d/.test(answer);
}

function runUntil(deadline: number): Run {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // Debian's scripts then start no service after the installation.
    RUNLEVEL: '1',
    LC_ALL: 'C',
  };
  const network = ['-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'];
  const patience = [...network, '-o', 'Acquire::Retries=1', '-o', 'DPkg::Lock::Timeout=30'];
  return async (command, args, cwd) => {
    const timeout = Math.max(1, Math.ceil(deadline - performance.now()));
    const all = command === 'apt-get' ? [...patience, ...args] : args;
    const options = { cwd, env, timeout, maxBuffer: 64 * 1024 * 1024 };
    return (await execute(command, all, options)).stdout;
  };
}

function reasonOf(error: unknown): string {
  const { code, killed, stderr, message } = error as Error & {
    code?: unknown;
    killed?: boolean;
    stderr?: string;
  };
  if (killed) return 'it took too long';
  if (code === 'ENOENT') return 'this machine has no apt-get';
  const errors = (stderr ?? '').split('\n').filter((line) => line.startsWith('E:'));
  return errors.slice(-2).join(' ') || message;
}
