import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { ServerError } from './server-error.js';
import { workspaceRoot } from './workspace-root.js';

/** What a person has to do when there is none. */
export const howToInstallRedis =
  'install redis-server (Debian, Ubuntu: apt-get install redis-server) or set ' +
  'SKEIN_TEST_REDIS_SERVER to the path of a redis-server or valkey-server';

/** Where `provideNativeRedis` unpacks the server when it may not install it. */
export const redisToolsFolder = (): string => join(workspaceRoot(), '.skein/tools/redis');

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * The path of a native Redis or Valkey server: configured, on the PATH, or unpacked by us.
 * @throws ServerError REDIS_MISSING when the configured one is not there, so that nobody tests another one unawares
 */
export function findNativeRedis(): string | undefined {
  const configured = process.env['SKEIN_TEST_REDIS_SERVER'];
  if (configured && isProgram(configured)) return configured;
  if (configured) {
    const message = `SKEIN_TEST_REDIS_SERVER is ${configured}, which is no program that can be run`;
    throw new ServerError('REDIS_MISSING', message);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = ['redis-server', 'valkey-server'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return [...onPath, unpackedRedis(redisToolsFolder())].find(isProgram);
}

/** The server's path below the folder that its packages were unpacked into. */
export function unpackedRedis(folder: string): string {
  return join(folder, 'usr/bin/redis-server');
}

/** An unpacked server finds its libraries only when it is told where they are. */
export function environmentOf(program: string): NodeJS.ProcessEnv {
  const [root, ...rest] = program.split(`${sep}usr${sep}bin${sep}`);
  if (!root || rest.length === 0 || !existsSync(join(root, 'usr/lib'))) return {};
  const folders = globSync(['usr/lib', 'usr/lib/*-linux-*', 'lib', 'lib/*-linux-*'], { cwd: root });
  return { LD_LIBRARY_PATH: folders.map((folder) => join(root, folder)).join(delimiter) };
}
